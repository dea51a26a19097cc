package storage

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// bbolt's file format, as far as it must be known to refuse a damaged file
// before bbolt maps it: a file cut short otherwise ends the process with a
// memory fault (bbolt 1.5, internal/common/meta.go and page.go).
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	pageHeader = 16 // id u64, flags u16, count u16, overflow u32
	metaSize   = 64

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagMeta     = 0x04
	flagFreelist = 0x10
)

// boltMeta is one of the two meta pages: the root of a committed transaction.
type boltMeta struct {
	pageSize uint32
	root     uint64 // page of the root bucket
	freelist uint64 // page of the freelist
	pages    uint64 // high water mark: every page id is below
	txid     uint64
}

// parseMeta reads a meta page's 16-byte header and 64-byte body.
func parseMeta(page []byte) (boltMeta, error) {
	if len(page) < pageHeader+metaSize {
		return boltMeta{}, io.ErrUnexpectedEOF
	}
	b := page[pageHeader:]
	le := binary.LittleEndian
	h := fnv.New64a()
	h.Write(b[:metaSize-8])
	switch {
	case le.Uint32(b) != boltMagic:
		return boltMeta{}, fmt.Errorf("magic number %#x", le.Uint32(b))
	case le.Uint32(b[4:]) != boltVersion:
		return boltMeta{}, fmt.Errorf("bbolt format %d, want %d", le.Uint32(b[4:]), boltVersion)
	case le.Uint64(b[metaSize-8:]) != h.Sum64():
		return boltMeta{}, fmt.Errorf("checksum differs")
	}
	m := boltMeta{
		pageSize: le.Uint32(b[8:]),
		root:     le.Uint64(b[16:]),
		freelist: le.Uint64(b[32:]),
		pages:    le.Uint64(b[40:]),
		txid:     le.Uint64(b[48:]),
	}
	if m.pageSize < 1024 || m.pageSize > 1<<24 || m.pageSize&(m.pageSize-1) != 0 {
		return boltMeta{}, fmt.Errorf("page size %d", m.pageSize)
	}
	return m, nil
}

// readMeta returns the newest valid meta page of a file and whether the other
// one is valid too; one torn meta page is what a power cut in a commit leaves.
func readMeta(r io.ReaderAt, size int64) (m boltMeta, both bool, err error) {
	first, err0 := metaAt(r, 0)
	if err0 == nil {
		second, err1 := metaAt(r, int64(first.pageSize))
		switch {
		case err1 == nil && second.pageSize == first.pageSize && second.txid > first.txid:
			m, both = second, true
		default:
			m, both = first, err1 == nil
		}
	} else {
		// The page size is unknown: look for the second meta page at each.
		err = fmt.Errorf("neither meta page is valid (%w)", err0)
		for at := int64(1024); at <= 1<<24 && at < size; at *= 2 {
			second, err1 := metaAt(r, at)
			if err1 == nil && int64(second.pageSize) == at {
				m, err = second, nil
				break
			}
		}
		if err != nil {
			return boltMeta{}, false, &CorruptError{Detail: err.Error()}
		}
	}
	// bbolt grows the file before it writes pages, so a shorter one was cut.
	if need := int64(m.pages) * int64(m.pageSize); m.pages > 1<<40 || need > size {
		return boltMeta{}, both, &CorruptError{Detail: fmt.Sprintf(
			"the file was cut short: %d bytes, the last transaction needs %d", size, need)}
	}
	if m.root < 2 || m.root >= m.pages || m.freelist < 2 || m.freelist >= m.pages {
		return boltMeta{}, both, &CorruptError{Detail: fmt.Sprintf(
			"meta page: root %d, freelist %d of %d pages", m.root, m.freelist, m.pages)}
	}
	return m, both, nil
}

func metaAt(r io.ReaderAt, at int64) (boltMeta, error) {
	page := make([]byte, pageHeader+metaSize)
	if _, err := r.ReadAt(page, at); err != nil {
		return boltMeta{}, err
	}
	return parseMeta(page)
}
