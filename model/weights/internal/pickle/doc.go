// Package pickle reads the data of a Python pickle and runs none of it.
//
// A pickle is a program for a stack machine. Load runs the opcodes that put
// numbers, text and containers together, and hands the three that leave plain
// data (naming a class, calling one, persistent identifiers) to a Host, which
// knows a handful of names and refuses all others. No name reaches anything
// that is not written here or in that Host.
//
// Memory and time are bounded whatever the input: a length is compared with
// the bytes that are left before anything is allocated, every value is charged
// to a Budget, containers are moved and never copied, and nothing recurses.
//
// Why not github.com/nlpodyssey/gopickle: it allocates whatever length the
// input claims (a file of 12 bytes can ask for an exabyte, and running out of
// memory cannot be recovered in Go), turns unknown classes into objects,
// copies whole dictionaries at BUILD (a 4 MB pickle can fill 100 GB), and
// needs minutes for one long LONG4. Its pytorch package takes short reads for
// full ones, decodes negative float16 subnormals wrongly, and panics on tar
// files and storage views.
//
// Caveats: objects of classes, sets, out-of-band buffers and escapes in the
// text opcodes of protocol 0 are refused; weights need none of them. Shared and
// cyclic values stay shared, so a caller must not follow a value without bound.
//
// Format: Python's Lib/pickletools.py, protocols 0 to 5.
package pickle
