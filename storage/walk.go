package storage

import (
	"encoding/binary"
	"fmt"
	"io"
)

// walker verifies the structure of a bbolt file by reading it, without mapping
// it: every reachable page has its own id, a known kind, elements inside its
// bounds and one parent, and no page is both used and free. bbolt trusts all of
// this: a wrong page id makes it fault, a cycle makes it overflow the stack, a
// page both used and free makes it overwrite data.
type walker struct {
	file io.ReaderAt
	meta boltMeta
	full bool // also read every leaf; else only branches and the first leaf under each

	seen []uint64 // bitmap of used pages
	buf  []byte
}

type pageHead struct {
	id       uint64
	flags    uint16
	count    int
	overflow uint64
}

// walk verifies the file. A quick walk reads the branches: some pages in
// thousands, enough for Open.
func walk(file io.ReaderAt, meta boltMeta, full bool) error {
	w := &walker{file: file, meta: meta, full: full, seen: make([]uint64, meta.pages/64+1)}
	if err := w.mark(0, 1); err != nil {
		return err
	}
	free, err := w.freelist()
	if err != nil {
		return err
	}
	if err := w.tree(meta.root, true); err != nil {
		return err
	}
	isFree := make([]uint64, len(w.seen))
	for _, id := range free {
		if id < 2 || id >= meta.pages || isFree[id/64]>>(id%64)&1 == 1 {
			return damage("freelist: page %d is out of range or listed twice", id)
		}
		isFree[id/64] |= 1 << (id % 64)
		if w.isSeen(id) {
			return damage("page %d is both used and free", id)
		}
	}
	if full {
		for id := uint64(0); id < meta.pages; id++ {
			if !w.isSeen(id) && isFree[id/64]>>(id%64)&1 == 0 {
				return damage("page %d is neither used nor free", id)
			}
		}
	}
	return nil
}

func damage(format string, args ...any) error {
	return &CorruptError{Detail: fmt.Sprintf(format, args...)}
}

func (w *walker) isSeen(id uint64) bool { return w.seen[id/64]>>(id%64)&1 == 1 }

// mark notes that pages id..id+overflow are used.
func (w *walker) mark(id, overflow uint64) error {
	if id >= w.meta.pages || overflow >= w.meta.pages-id {
		return damage("page %d with %d more is beyond the file's %d", id, overflow, w.meta.pages)
	}
	for p := id; p <= id+overflow; p++ {
		if w.isSeen(p) {
			return damage("page %d is used twice", p)
		}
		w.seen[p/64] |= 1 << (p % 64)
	}
	return nil
}

// head reads a page's header.
func (w *walker) head(id uint64) (pageHead, error) {
	var b [pageHeader]byte
	if id < 2 || id >= w.meta.pages {
		return pageHead{}, damage("page %d is beyond the file's %d", id, w.meta.pages)
	}
	if _, err := w.file.ReadAt(b[:], int64(id)*int64(w.meta.pageSize)); err != nil {
		return pageHead{}, fmt.Errorf("read page %d: %w", id, err)
	}
	le := binary.LittleEndian
	h := pageHead{id: le.Uint64(b[:]), flags: le.Uint16(b[8:]), count: int(le.Uint16(b[10:])), overflow: uint64(le.Uint32(b[12:]))}
	if h.id != id {
		return pageHead{}, damage("page %d claims to be page %d", id, h.id)
	}
	return h, nil
}

// bytes reads n bytes of a page, or of those that follow it, into w's buffer.
func (w *walker) bytes(h pageHead, from, n int) ([]byte, error) {
	if int64(from+n) > int64(h.overflow+1)*int64(w.meta.pageSize) {
		return nil, damage("page %d: %d elements do not fit", h.id, h.count)
	}
	if cap(w.buf) < n {
		w.buf = make([]byte, n)
	}
	b := w.buf[:n]
	if _, err := w.file.ReadAt(b, int64(h.id)*int64(w.meta.pageSize)+int64(from)); err != nil {
		return nil, fmt.Errorf("read page %d: %w", h.id, err)
	}
	return b, nil
}

// freelist reads the ids of the free pages.
func (w *walker) freelist() ([]uint64, error) {
	h, err := w.head(w.meta.freelist)
	if err != nil {
		return nil, err
	}
	if h.flags != flagFreelist {
		return nil, damage("freelist page %d has flags %#x", h.id, h.flags)
	}
	if err := w.mark(h.id, h.overflow); err != nil {
		return nil, err
	}
	n, at := uint64(h.count), pageHeader
	if h.count == 0xFFFF { // the count does not fit: it is the first element
		b, err := w.bytes(h, at, 8)
		if err != nil {
			return nil, err
		}
		n, at = binary.LittleEndian.Uint64(b), at+8
	}
	if n > w.meta.pages {
		return nil, damage("freelist of %d in a file of %d pages", n, w.meta.pages)
	}
	b, err := w.bytes(h, at, int(n)*8)
	if err != nil {
		return nil, err
	}
	ids := make([]uint64, n)
	for i := range ids {
		ids[i] = binary.LittleEndian.Uint64(b[i*8:])
	}
	return ids, nil
}

// tree verifies the pages under id. root: its leaves hold buckets.
func (w *walker) tree(id uint64, root bool) error {
	h, err := w.head(id)
	if err != nil {
		return err
	}
	if err := w.mark(id, h.overflow); err != nil {
		return err
	}
	switch h.flags {
	case flagLeaf:
		return w.leaf(h, root)
	case flagBranch:
		return w.branch(h, root)
	}
	return damage("page %d has flags %#x, want a branch or a leaf", id, h.flags)
}
