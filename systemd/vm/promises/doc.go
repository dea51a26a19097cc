// Package promises is what EdgeCLR promises of a machine that runs unattended,
// each promise with its proof in a virtual machine: Debian 12 with its own kernel
// and systemd, the package as users install it, a camera of the kernel's
// (vivid) and a disk that can lose power.
//
// A promise is a file with one function; All registers it. They run in that order
// in one guest, and each leaves a service behind that is ready and has a live
// camera. Every wait is for a condition and has a deadline.
package promises
