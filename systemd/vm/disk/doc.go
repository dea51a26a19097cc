// Package disk simulates a disk that loses power like a real one.
//
// Killing qemu is not a power cut. The host already holds what the guest wrote and did not
// flush, and the guest would find it after the next boot. So a process that outlives qemu
// serves the guest's data disk over the network block device protocol (NBD). It models the
// volatile write cache of a drive: it answers a write as soon as the data is in memory. Only
// a flush or a write with force unit access (FUA) reaches the file. Cut discards the cache,
// or keeps a random part of it, sector by sector: a drive writes back in any order, and a
// write of several sectors can be torn.
//
// The package does not model drives that lie about a flush, or flash that loses old data
// beside the data being written.
package disk
