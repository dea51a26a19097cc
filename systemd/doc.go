// Package systemd holds what makes the daemon a service: the unit with the
// files that belong to it (users, folders, devices), the notifications of
// sd_notify(3), the watchdog that is fed only while the daemon's loops turn, and
// a log that the journal understands.
//
// Outside systemd all of it is idle: nothing is sent, nothing is watched.
package systemd
