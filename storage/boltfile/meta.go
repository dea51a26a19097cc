package boltfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

const (
	magic   = 0xED0CDAED
	version = 2

	headerSize = 16
	metaSize   = 64

	minPageSize = 1 << 10
	maxPageSize = 1 << 24
	maxPages    = 1 << 40

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10
)

// DamageError says what is wrong with the structure of a file.
type DamageError string

func (e DamageError) Error() string { return string(e) }

func damage(format string, args ...any) error {
	return DamageError(fmt.Sprintf(format, args...))
}

// Meta is one of the two meta pages: the root of a committed transaction. The
// two pages take turns, so a commit never overwrites the one before it.
type Meta struct {
	PageSize uint32 // bytes
	Root     uint64 // page of the root bucket
	Freelist uint64 // page of the freelist
	Pages    uint64 // every page number is below this
	TxID     uint64 // grows with each transaction
}

// ReadMeta returns the newest valid meta page of a file of size bytes. both is
// true if the other meta page is valid too: a power cut during a commit leaves
// one torn page.
func ReadMeta(r io.ReaderAt, size int64) (m Meta, both bool, err error) {
	if m, both, err = newestMeta(r, size); err != nil {
		return Meta{}, false, err
	}
	// bbolt grows the file before it writes pages, so a shorter one was cut.
	if need := int64(m.Pages) * int64(m.PageSize); m.Pages > maxPages || need > size {
		return Meta{}, both, damage("the file was cut short: %d bytes, the last transaction needs %d", size, need)
	}
	if m.Root < 2 || m.Root >= m.Pages || m.Freelist < 2 || m.Freelist >= m.Pages {
		return Meta{}, both, damage("meta page: root %d, freelist %d of %d pages", m.Root, m.Freelist, m.Pages)
	}
	return m, both, nil
}

func newestMeta(r io.ReaderAt, size int64) (m Meta, both bool, err error) {
	first, err := metaAt(r, 0)
	if err != nil {
		// The page size is unknown: look for the second meta page at each.
		for at := int64(minPageSize); at <= maxPageSize && at < size; at *= 2 {
			if second, err := metaAt(r, at); err == nil && int64(second.PageSize) == at {
				return second, false, nil
			}
		}
		return Meta{}, false, damage("neither meta page is valid (%v)", err)
	}
	second, err := metaAt(r, int64(first.PageSize))
	if err == nil && second.PageSize == first.PageSize && second.TxID > first.TxID {
		return second, true, nil
	}
	return first, err == nil, nil
}

func metaAt(r io.ReaderAt, at int64) (Meta, error) {
	page := make([]byte, headerSize+metaSize)
	if _, err := r.ReadAt(page, at); err != nil {
		return Meta{}, err
	}
	return parseMeta(page[headerSize:])
}

// parseMeta reads the 64 bytes that follow the header of a meta page.
func parseMeta(b []byte) (Meta, error) {
	le := binary.LittleEndian
	sum := fnv.New64a()
	sum.Write(b[:metaSize-8])
	switch {
	case le.Uint32(b) != magic:
		return Meta{}, fmt.Errorf("magic number %#x", le.Uint32(b))
	case le.Uint32(b[4:]) != version:
		return Meta{}, fmt.Errorf("bbolt format %d, want %d", le.Uint32(b[4:]), version)
	case le.Uint64(b[metaSize-8:]) != sum.Sum64():
		return Meta{}, errors.New("checksum differs")
	}
	m := Meta{
		PageSize: le.Uint32(b[8:]),
		Root:     le.Uint64(b[16:]),
		Freelist: le.Uint64(b[32:]),
		Pages:    le.Uint64(b[40:]),
		TxID:     le.Uint64(b[48:]),
	}
	if m.PageSize < minPageSize || m.PageSize > maxPageSize || m.PageSize&(m.PageSize-1) != 0 {
		return Meta{}, fmt.Errorf("page size %d", m.PageSize)
	}
	return m, nil
}
