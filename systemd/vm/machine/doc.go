// Package machine is a virtual machine that is booted, spoken to and cut off:
// qemu, and a shell in the guest by ssh.
package machine
