// Package systemd makes the daemon a service. It holds the unit and its files (users,
// folders, devices), the notifications of sd_notify(3), the feeder of the watchdog, which
// stops when a loop of the daemon hangs, a log handler for the journal, and the
// environment of child processes.
//
// Outside systemd it does nothing: it sends no notification and feeds no watchdog.
//
// The folder vm holds the program of `make test-vm`, which proves the promises of the
// service in virtual machines.
package systemd
