package disk

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
)

// SectorBytes is the size of a sector. A cut keeps or loses a sector as a whole.
const SectorBytes = 512

// errRange: a request is outside the disk or not aligned to sectors.
var errRange = errors.New("outside the disk or not whole sectors")

type sector [SectorBytes]byte

// Volatile is a file behind a volatile write cache. It is safe for concurrent use.
type Volatile struct {
	size int64

	mu    sync.Mutex
	file  *os.File
	cache map[int64]*sector // sectors written since the last flush, by number
}

// Open opens the file as a disk of size bytes, a multiple of SectorBytes. It makes a missing
// file, which is sparse.
func Open(path string, size int64) (*Volatile, error) {
	if size <= 0 || size%SectorBytes != 0 {
		return nil, fmt.Errorf("disk %s of %d bytes: must be a multiple of %d", path, size, SectorBytes)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(size); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &Volatile{size: size, file: file, cache: map[int64]*sector{}}, nil
}

// Size returns the size in bytes.
func (d *Volatile) Size() int64 { return d.size }

func (d *Volatile) check(p []byte, off int64) error {
	n := int64(len(p))
	if off < 0 || off > d.size || n > d.size-off || off%SectorBytes != 0 || n%SectorBytes != 0 {
		return fmt.Errorf("%d bytes at %d: %w", n, off, errRange)
	}
	return nil
}

// ReadAt reads what was last written, flushed or not.
func (d *Volatile) ReadAt(p []byte, off int64) (int, error) {
	if err := d.check(p, off); err != nil {
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.file.ReadAt(p, off)
	if err != nil {
		return n, err
	}
	if len(d.cache) == 0 {
		return n, nil
	}
	for i := 0; i < len(p); i += SectorBytes {
		if s := d.cache[(off+int64(i))/SectorBytes]; s != nil {
			copy(p[i:], s[:])
		}
	}
	return n, nil
}

// WriteAt writes into the cache.
func (d *Volatile) WriteAt(p []byte, off int64) (int, error) {
	if err := d.check(p, off); err != nil {
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := 0; i < len(p); i += SectorBytes {
		s := sector(p[i:])
		d.cache[(off+int64(i))/SectorBytes] = &s
	}
	return len(p), nil
}

// WriteThrough writes to the file and not to the cache: force unit access.
func (d *Volatile) WriteThrough(p []byte, off int64) error {
	if err := d.check(p, off); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.file.WriteAt(p, off); err != nil {
		return err
	}
	for i := 0; i < len(p); i += SectorBytes {
		delete(d.cache, (off+int64(i))/SectorBytes)
	}
	return nil
}

// Flush writes the cache to the file, where a cut does not reach it.
func (d *Volatile) Flush() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.writeBack(func() bool { return true })
	return err
}

// Pending returns how many sectors are not flushed.
func (d *Volatile) Pending() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.cache)
}

// Cut simulates a power cut. It writes back each sector in the cache for which keep returns
// true, and discards the others. It returns how many were kept and lost. Nothing may use the
// disk meanwhile.
func (d *Volatile) Cut(keep func() bool) (kept, lost int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := len(d.cache)
	kept, err = d.writeBack(keep)
	return kept, all - kept, err
}

// writeBack writes back the sectors for which keep returns true, and empties the cache. The
// order of the sectors is fixed, so that a keep with a fixed seed gives the same result
// again.
func (d *Volatile) writeBack(keep func() bool) (kept int, err error) {
	for _, number := range slices.Sorted(maps.Keys(d.cache)) {
		if !keep() {
			continue
		}
		if _, err := d.file.WriteAt(d.cache[number][:], number*SectorBytes); err != nil {
			return kept, err
		}
		kept++
	}
	clear(d.cache)
	return kept, nil
}

// Close closes the file. What was not flushed is lost.
func (d *Volatile) Close() error { return d.file.Close() }
