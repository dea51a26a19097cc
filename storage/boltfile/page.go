package boltfile

import "encoding/binary"

const (
	elementSize = 16   // of a branch and of a leaf page
	bucketHead  = 16   // before a bucket's inline page: root page u64, sequence u64
	flagBucket  = 0x01 // of a leaf element whose value is a bucket
)

// verifyTree verifies a page and all under it. root says that the tree is the
// root bucket, whose leaves hold buckets.
func (v *verifier) verifyTree(id uint64, root bool) error {
	h, err := v.readHeader(id)
	if err != nil {
		return err
	}
	if err := v.markUsed(id, h.overflow); err != nil {
		return err
	}
	switch h.flags {
	case flagLeaf:
		return v.verifyLeaf(h, root)
	case flagBranch:
		return v.verifyBranch(h, root)
	}
	return damage("page %d has flags %#x, want a branch or a leaf", id, h.flags)
}

func (v *verifier) verifyBranch(h header, root bool) error {
	children, err := v.children(h)
	if err != nil {
		return err
	}
	first, err := v.readHeader(children[0])
	if err != nil {
		return err
	}
	for i, id := range children {
		// A bbolt tree has its leaves at one depth, so a quick run reads the
		// first one alone and marks the others as used.
		if first.flags == flagLeaf && !v.full && !root && i > 0 {
			if id < 2 {
				return damage("branch page %d points to page %d", h.id, id)
			}
			if err := v.markUsed(id, 0); err != nil {
				return err
			}
			continue
		}
		child, err := v.readHeader(id)
		if err != nil {
			return err
		}
		if child.flags != first.flags {
			return damage("branch page %d: children of different kinds", h.id)
		}
		if err := v.verifyTree(id, root); err != nil {
			return err
		}
	}
	return nil
}

// children returns the pages that a branch points to, one or more.
func (v *verifier) children(h header) ([]uint64, error) {
	b, err := v.read(h, headerSize, h.count*elementSize)
	if err != nil {
		return nil, err
	}
	if h.count == 0 {
		return nil, damage("branch page %d is empty", h.id)
	}
	ids := make([]uint64, h.count)
	for i := range ids {
		e := b[i*elementSize:]
		pos, ksize := binary.LittleEndian.Uint32(e), binary.LittleEndian.Uint32(e[4:])
		if int64(headerSize+i*elementSize)+int64(pos)+int64(ksize) > v.size(h) {
			return nil, damage("branch page %d: key %d is outside the page", h.id, i)
		}
		ids[i] = binary.LittleEndian.Uint64(e[8:])
	}
	return ids, nil
}

// place is where a value lies in a page.
type place struct{ at, n int }

// verifyLeaf verifies a leaf page. In the root bucket it also verifies the
// buckets that the leaf holds.
func (v *verifier) verifyLeaf(h header, root bool) error {
	if !root && !v.full {
		return nil
	}
	buckets, err := v.leafBuckets(h, root)
	if err != nil {
		return err
	}
	for _, p := range buckets {
		head, err := v.read(h, p.at, p.n)
		if err != nil {
			return err
		}
		if id := binary.LittleEndian.Uint64(head); id != 0 {
			err = v.verifyTree(id, false)
		} else {
			err = verifyInline(h, head[bucketHead:])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leafBuckets verifies the elements of a leaf and returns where its buckets
// are. In the root bucket all elements are buckets, elsewhere none is.
func (v *verifier) leafBuckets(h header, root bool) ([]place, error) {
	b, err := v.read(h, headerSize, h.count*elementSize)
	if err != nil {
		return nil, err
	}
	var buckets []place
	for i := range h.count {
		e := b[i*elementSize:]
		le := binary.LittleEndian
		flags, pos, ksize, vsize := le.Uint32(e), int64(le.Uint32(e[4:])), int64(le.Uint32(e[8:])), int64(le.Uint32(e[12:]))
		at := int64(headerSize+i*elementSize) + pos + ksize
		if at+vsize > v.size(h) {
			return nil, damage("leaf page %d: value %d is outside the page", h.id, i)
		}
		switch {
		case root && flags == flagBucket && vsize >= bucketHead:
			buckets = append(buckets, place{int(at), int(vsize)})
		case root || flags != 0:
			return nil, damage("leaf page %d: element %d has flags %#x and %d bytes", h.id, i, flags, vsize)
		}
	}
	return buckets, nil
}

// verifyInline verifies a small bucket, which is a leaf page inside a value.
func verifyInline(parent header, page []byte) error {
	le := binary.LittleEndian
	if len(page) < headerSize || le.Uint16(page[8:]) != flagLeaf {
		return damage("leaf page %d: a small bucket is not a leaf", parent.id)
	}
	count := int(le.Uint16(page[10:]))
	if headerSize+count*elementSize > len(page) {
		return damage("leaf page %d: a small bucket claims %d elements", parent.id, count)
	}
	for i := range count {
		at := headerSize + i*elementSize
		e := page[at:]
		end := int64(at) + int64(le.Uint32(e[4:])) + int64(le.Uint32(e[8:])) + int64(le.Uint32(e[12:]))
		if le.Uint32(e) != 0 || end > int64(len(page)) {
			return damage("leaf page %d: element %d of a small bucket is out of bounds", parent.id, i)
		}
	}
	return nil
}
