// Package pickle reads the data of a Python pickle without running any code.
//
// A pickle is a program for a stack machine. Load runs the opcodes that build
// numbers, text and containers. Three kinds of opcode go beyond plain data: naming a
// class, calling it, and persistent identifiers. Load passes these to a Host, which
// knows a handful of names and refuses all others. No name reaches code other than
// this package and that Host.
//
// Memory and time are bounded for every input. A length is compared with the
// remaining bytes before anything is allocated. Every value is charged to a Budget.
// Containers are moved and never copied. Nothing recurses.
//
// Why not github.com/nlpodyssey/gopickle: it allocates any length that the input
// claims (a file of 12 bytes can ask for an exabyte, and Go cannot recover from running
// out of memory). It turns unknown classes into objects. It copies whole dictionaries
// at BUILD (a 4 MB pickle can fill 100 GB). It needs minutes for one long LONG4. Its
// pytorch package takes short reads for full ones, decodes negative float16 subnormals
// wrongly, and panics on tar files and storage views.
//
// Caveats: objects of classes, sets, out-of-band buffers, and escapes in the text
// opcodes of protocol 0 are refused; weights need none of them. Shared and cyclic
// values stay shared, so a caller must bound how deep it follows a value.
//
// Format: Python's Lib/pickletools.py, protocols 0 to 5.
package pickle
