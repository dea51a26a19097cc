// Package machine runs a virtual machine: it boots qemu, runs commands in the guest over
// ssh, and ends the guest in order or by cutting its power.
//
// A [Machine] owns its qemu process. qemu dies with the thread that booted it.
package machine
