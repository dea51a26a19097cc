package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"edgeclr/storage/lock"
)

// Store is an open store. See the package comment for what it promises.
type Store struct {
	dir  string
	path string // of the database file
	id   string
	opt  Options
	lock *lock.Lock
	db   *bbolt.DB

	pageSize int
	schema   atomic.Int32          // of the file
	written  atomic.Uint64         // bytes handed to the disk
	unsafe   atomic.Pointer[error] // why writing stopped; see ErrUnsafe
	statfs   atomic.Bool           // a statfs is under way
	eventIDs atomic.Uint64         // the last id that Stamp gave

	writeMu sync.Mutex   // held by the write transaction
	sightMu sync.Mutex   // held by who counts a sighting
	chunkMu sync.RWMutex // W: chunks are being added or swept; taken before writeMu
	state   stateBox     // its own lock, taken last
	closing sync.Once
}

// ID returns the store's id: 32 hexadecimal digits, made with the store.
func (s *Store) ID() string { return s.id }

// Path returns the database file.
func (s *Store) Path() string { return s.path }

// Dir returns the store's folder.
func (s *Store) Dir() string { return filepath.Dir(s.path) }

// Close does what waits for a write (see Flush), waits for running transactions
// and gives the store back. Calls after it fail with ErrClosed; closing twice is
// harmless.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		if !s.opt.ReadOnly && s.unsafe.Load() == nil {
			err = s.Flush(context.Background())
		}
		err = errors.Join(err, s.db.Close(), s.lock.Release())
	})
	return err
}

// Usage returns the bytes in use inside the database file and the file's size.
// The difference is used again before the file grows.
func (s *Store) Usage() (live, file int64, err error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, 0, classify("measure store", s.path, err)
	}
	err = s.view("measure store", func(t txn) error {
		st := s.db.Stats()
		live = t.tx.Size() - int64(st.FreePageN+st.PendingPageN)*int64(s.pageSize)
		return nil
	})
	return live, info.Size(), err
}
