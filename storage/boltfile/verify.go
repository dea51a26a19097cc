package boltfile

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Verify follows the pages of a file from the root of m. It verifies that every
// page on the way has its own number, a known kind, elements inside its bounds
// and one parent, and that no page is both used and free. A page with one parent
// is used once, so there are no cycles.
//
// With full, Verify reads the head of every page, and every page must be either
// used or free. Without full, it reads the branches and the first leaf under
// each branch. These are a few pages in thousands, which is enough before
// opening a file. Errors: [DamageError], or that of r.
func Verify(r io.ReaderAt, m Meta, full bool) error {
	v := &verifier{file: r, meta: m, full: full, used: make(pageSet, m.Pages/64+1)}
	if err := v.markUsed(0, 1); err != nil { // the two meta pages
		return err
	}
	freelist, err := v.readFreelist()
	if err != nil {
		return err
	}
	if err := v.verifyTree(m.Root, true); err != nil {
		return err
	}
	free := make(pageSet, len(v.used))
	for _, id := range freelist {
		if id < 2 || id >= m.Pages || free.has(id) {
			return damage("freelist: page %d is out of range or listed twice", id)
		}
		free.add(id)
		if v.used.has(id) {
			return damage("page %d is both used and free", id)
		}
	}
	if !full {
		return nil
	}
	for id := range m.Pages {
		if !v.used.has(id) && !free.has(id) {
			return damage("page %d is neither used nor free", id)
		}
	}
	return nil
}

// pageSet is a bitmap of page numbers.
type pageSet []uint64

func (s pageSet) has(id uint64) bool { return s[id/64]>>(id%64)&1 == 1 }
func (s pageSet) add(id uint64)      { s[id/64] |= 1 << (id % 64) }

// verifier is one run of Verify.
type verifier struct {
	file io.ReaderAt
	meta Meta
	full bool

	used pageSet
	buf  []byte
}

// header is the head of a page.
type header struct {
	id       uint64
	flags    uint16
	count    int
	overflow uint64
}

// size returns the bytes of a page and of those that continue it.
func (v *verifier) size(h header) int64 {
	return int64(h.overflow+1) * int64(v.meta.PageSize)
}

// markUsed adds the pages id to id+overflow, which nothing else may use.
func (v *verifier) markUsed(id, overflow uint64) error {
	if id >= v.meta.Pages || overflow >= v.meta.Pages-id {
		return damage("page %d with %d more is beyond the file's %d", id, overflow, v.meta.Pages)
	}
	for p := id; p <= id+overflow; p++ {
		if v.used.has(p) {
			return damage("page %d is used twice", p)
		}
		v.used.add(p)
	}
	return nil
}

func (v *verifier) readHeader(id uint64) (header, error) {
	var b [headerSize]byte
	if id < 2 || id >= v.meta.Pages {
		return header{}, damage("page %d is beyond the file's %d", id, v.meta.Pages)
	}
	if _, err := v.file.ReadAt(b[:], int64(id)*int64(v.meta.PageSize)); err != nil {
		return header{}, fmt.Errorf("read page %d: %w", id, err)
	}
	le := binary.LittleEndian
	h := header{id: le.Uint64(b[:]), flags: le.Uint16(b[8:]), count: int(le.Uint16(b[10:])), overflow: uint64(le.Uint32(b[12:]))}
	if h.id != id {
		return header{}, damage("page %d claims to be page %d", id, h.id)
	}
	return h, nil
}

// read returns n bytes of a page, or of those that continue it, in the shared
// buffer: they are valid until the next read.
func (v *verifier) read(h header, from, n int) ([]byte, error) {
	if int64(from+n) > v.size(h) {
		return nil, damage("page %d: %d elements do not fit", h.id, h.count)
	}
	if cap(v.buf) < n {
		v.buf = make([]byte, n)
	}
	b := v.buf[:n]
	if _, err := v.file.ReadAt(b, int64(h.id)*int64(v.meta.PageSize)+int64(from)); err != nil {
		return nil, fmt.Errorf("read page %d: %w", h.id, err)
	}
	return b, nil
}

// readFreelist returns the numbers of the free pages.
func (v *verifier) readFreelist() ([]uint64, error) {
	h, err := v.readHeader(v.meta.Freelist)
	if err != nil {
		return nil, err
	}
	if h.flags != flagFreelist {
		return nil, damage("freelist page %d has flags %#x", h.id, h.flags)
	}
	if err := v.markUsed(h.id, h.overflow); err != nil {
		return nil, err
	}
	n, at := uint64(h.count), headerSize
	if h.count == 0xFFFF { // the count does not fit: it is the first element
		b, err := v.read(h, at, 8)
		if err != nil {
			return nil, err
		}
		n, at = binary.LittleEndian.Uint64(b), at+8
	}
	if n > v.meta.Pages {
		return nil, damage("freelist of %d in a file of %d pages", n, v.meta.Pages)
	}
	b, err := v.read(h, at, int(n)*8)
	if err != nil {
		return nil, err
	}
	ids := make([]uint64, n)
	for i := range ids {
		ids[i] = binary.LittleEndian.Uint64(b[i*8:])
	}
	return ids, nil
}
