// Package disk is a disk that loses power as a real one does.
//
// Killing qemu alone is no power cut: what the guest wrote and did not flush is
// by then with the host, in its page cache or file, and would be there after the
// next boot. So the guest's data disk is served to qemu by the network block
// device protocol (NBD), from a process that outlives it and that models the
// volatile write cache of a drive: a write is answered as soon as it is in memory,
// and reaches the file only by a flush or by force unit access (FUA). Cut throws
// away what is in memory, or all but a random part of it, sector by sector: a drive
// writes back in any order, and a write of several sectors can be torn.
//
// What it does not model: drives that lie about a flush, and flash that loses
// old data beside what is being written.
package disk
