// Package promises holds what EdgeCLR promises of a machine that runs
// unattended, each promise with its proof in a virtual machine: Debian 12 with its
// own kernel and systemd, the package as users install it, the kernel's virtual
// camera (vivid), and a disk that can lose power.
//
// [Install] comes first. Its disks are then copied for each of the [Sequences],
// which are proven side by side, each on a machine of its own. The promises of a
// sequence run in order. Each leaves a service behind that is ready and has a live
// camera. Every wait is for a condition and has a deadline.
//
// To add a promise, write one function and add one line to the sequence that ends
// earlier.
package promises
