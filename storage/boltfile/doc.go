// Package boltfile verifies the structure of a bbolt file by reading it,
// without mapping it into memory and without bbolt.
//
// bbolt trusts its file. A file that was cut short ends the process with a
// memory fault, a wrong page number does the same, a cycle of pages overflows
// the stack, and a page that is both used and free makes bbolt overwrite data.
// The store therefore verifies a file here before bbolt opens it.
//
// [ReadMeta] finds the root of the last committed transaction. [Verify] follows
// all pages from there. Both report damage as a [DamageError]; any other error
// comes from reading the file.
//
// The layout is that of bbolt 1.5 (internal/common/meta.go and page.go), in
// little-endian byte order:
//
//	page     16-byte header, then elements, then their keys and values
//	header   id u64, flags u16, element count u16, overflow u32 (further pages)
//	branch   elements of 16 bytes: position u32, key size u32, page u64
//	leaf     elements of 16 bytes: flags, position, key size, value size, u32 each
//	freelist page numbers, u64 each; a count of 0xFFFF moves to the first of them
//
// Positions count from the element itself. Values and page contents are not
// looked at: the store's own checksums cover them.
package boltfile
