// Package promises holds what EdgeCLR promises for a machine that runs unattended, each
// promise with its proof. The proofs run in a virtual machine: Debian 12 with its own
// kernel and systemd, the package as users install it, the kernel's virtual camera
// (vivid), and a disk that can lose power.
//
// [Install] comes first. Then each of the [Sequences] gets a copy of its disks. The
// sequences are proven at the same time, each on a machine of its own. The promises of a
// sequence run in order. After each promise the service is ready and has a live camera.
// Every wait is for a condition and has a deadline.
//
// To add a promise, write one function, and add one line to the sequence that takes less
// time.
package promises
