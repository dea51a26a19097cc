package storage

import "encoding/binary"

const (
	elementSize = 16 // of branches: pos u32, ksize u32, page u64; of leaves: flags, pos, ksize, vsize u32
	bucketHead  = 16 // root page u64, sequence u64
	flagBucket  = 0x01
)

// branch verifies a branch page and what is under it.
func (w *walker) branch(h pageHead, root bool) error {
	b, err := w.bytes(h, pageHeader, h.count*elementSize)
	if err != nil {
		return err
	}
	if h.count == 0 {
		return damage("branch page %d is empty", h.id)
	}
	size := int64(h.overflow+1) * int64(w.meta.pageSize)
	children := make([]uint64, h.count)
	for i := range children {
		e := b[i*elementSize:]
		pos, ksize := binary.LittleEndian.Uint32(e), binary.LittleEndian.Uint32(e[4:])
		// Positions count from the element itself.
		if int64(pageHeader+i*elementSize)+int64(pos)+int64(ksize) > size {
			return damage("branch page %d: key %d is outside the page", h.id, i)
		}
		children[i] = binary.LittleEndian.Uint64(e[8:])
	}
	first, err := w.head(children[0])
	if err != nil {
		return err
	}
	for i, id := range children {
		// A bbolt tree has its leaves at one depth. In a quick walk the others
		// need not be read: that none is used twice rules out cycles.
		if first.flags == flagLeaf && !w.full && !root && i > 0 {
			if id < 2 {
				return damage("branch page %d points to page %d", h.id, id)
			}
			if err := w.mark(id, 0); err != nil {
				return err
			}
			continue
		}
		child, err := w.head(id)
		if err != nil {
			return err
		}
		if child.flags != first.flags {
			return damage("branch page %d: children of different kinds", h.id)
		}
		if err := w.tree(id, root); err != nil {
			return err
		}
	}
	return nil
}

// leaf verifies a leaf page; in the root bucket also the buckets it holds.
func (w *walker) leaf(h pageHead, root bool) error {
	if !root && !w.full {
		return nil
	}
	b, err := w.bytes(h, pageHeader, h.count*elementSize)
	if err != nil {
		return err
	}
	size := int64(h.overflow+1) * int64(w.meta.pageSize)
	type place struct{ at, n int }
	var buckets []place
	for i := range h.count {
		e := b[i*elementSize:]
		le := binary.LittleEndian
		flags, pos, ksize, vsize := le.Uint32(e), int64(le.Uint32(e[4:])), int64(le.Uint32(e[8:])), int64(le.Uint32(e[12:]))
		at := int64(pageHeader+i*elementSize) + pos + ksize
		if at+vsize > size {
			return damage("leaf page %d: value %d is outside the page", h.id, i)
		}
		switch {
		case root && flags == flagBucket && vsize >= bucketHead:
			buckets = append(buckets, place{int(at), int(vsize)})
		case root || flags != 0:
			return damage("leaf page %d: element %d has flags %#x and %d bytes", h.id, i, flags, vsize)
		}
	}
	for _, p := range buckets {
		head, err := w.bytes(h, p.at, p.n)
		if err != nil {
			return err
		}
		if id := binary.LittleEndian.Uint64(head); id != 0 {
			err = w.tree(id, false)
		} else {
			err = w.inline(h, head[bucketHead:])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inline verifies a small bucket, which is a leaf page inside a value.
func (w *walker) inline(parent pageHead, page []byte) error {
	le := binary.LittleEndian
	if len(page) < pageHeader || le.Uint16(page[8:]) != flagLeaf {
		return damage("leaf page %d: a small bucket is not a leaf", parent.id)
	}
	count := int(le.Uint16(page[10:]))
	if pageHeader+count*elementSize > len(page) {
		return damage("leaf page %d: a small bucket claims %d elements", parent.id, count)
	}
	for i := range count {
		at := pageHeader + i*elementSize
		e := page[at:]
		end := int64(at) + int64(le.Uint32(e[4:])) + int64(le.Uint32(e[8:])) + int64(le.Uint32(e[12:]))
		if le.Uint32(e) != 0 || end > int64(len(page)) {
			return damage("leaf page %d: element %d of a small bucket is out of bounds", parent.id, i)
		}
	}
	return nil
}
