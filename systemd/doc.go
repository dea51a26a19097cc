// Package systemd makes the daemon a service: the unit and its files (users, folders,
// devices), the notifications of sd_notify(3), the watchdog that is fed only while the
// daemon's loops tick, and a log that the journal understands.
//
// Outside systemd it does nothing: it sends no notification and feeds no watchdog.
//
// Folder vm holds `make test-vm`, which proves the promises of the service in virtual
// machines.
package systemd
