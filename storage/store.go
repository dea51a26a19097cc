package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"edgeclr/storage/lock"
)

// Options say how to open a store. The zero value opens it for writing and
// creates it if the folder has none.
type Options struct {
	// ReadOnly shares the store with other readers. It creates nothing and needs
	// no permission to write.
	ReadOnly bool

	// Command is what the lock file tells others about this process, such as
	// "edgeclr run". Empty: the program and its arguments.
	Command string

	// MaxBytes bounds the database file in bytes. A write that would pass it fails
	// with ErrFull. 0: no bound but the disk.
	MaxBytes int64

	// Wait is how long Open waits while another process has the store. 0: one
	// second.
	Wait time.Duration

	// Log receives what the store repairs by itself. nil: nothing is logged.
	Log *slog.Logger

	// OnEvent is called with each event that the store adds by itself (see
	// SetServing and Rollback), after it is committed. nil: nothing is called.
	OnEvent func(Event)

	// Now is the clock. nil: time.Now.
	Now func() time.Time

	// NoSync leaves out fsync, for tests: it is fast, and a crash can lose the
	// store.
	NoSync bool
}

func (o Options) withDefaults() Options {
	if o.Wait <= 0 {
		o.Wait = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Store is an open store. The package comment says what it promises.
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

	// Locks are taken in this order. bbolt's own comes after writeMu.
	sightingMu sync.Mutex   // held by AddSighting
	chunkMu    sync.RWMutex // for writing: chunks are added or swept; for reading: a manifest's chunks are read
	writeMu    sync.Mutex   // held by the write transaction
	state      liveState

	closing sync.Once
}

// ID returns the store's id: 32 hexadecimal digits, made with the store.
func (s *Store) ID() string { return s.id }

// Path returns the database file.
func (s *Store) Path() string { return s.path }

// Dir returns the store's folder.
func (s *Store) Dir() string { return filepath.Dir(s.path) }

// Close flushes (see Flush), waits for running transactions and releases the
// store. Calls after it fail with ErrClosed. Closing twice is harmless.
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

// BytesWritten returns the bytes handed to the disk since Open: pages of the
// database, without the file system's own writes.
func (s *Store) BytesWritten() uint64 { return s.written.Load() }

// Usage returns the live bytes in the database file, and the size of the file.
// The difference is used again before the file grows.
func (s *Store) Usage() (live, file int64, err error) {
	const op = "measure store"
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, 0, classify(op, s.path, err)
	}
	err = s.view(op, func(t txn) error {
		st := s.db.Stats()
		live = t.tx.Size() - int64(st.FreePageN+st.PendingPageN)*int64(s.pageSize)
		return nil
	})
	return live, info.Size(), err
}

const statfsWait = 2 * time.Second

// freeDisk returns the bytes that this user can still write to the store's file
// system. A mount that hangs gives an error after two seconds. Nothing
// interrupts a hanging statfs, so it runs on a goroutine that Close does not
// wait for, and while one hangs no other is started.
func (s *Store) freeDisk() (int64, error) {
	const op = "measure free space"
	if !s.statfs.CompareAndSwap(false, true) {
		return 0, classify(op, s.dir, errors.New("the file system has not answered the last question yet"))
	}
	type answer struct {
		free int64
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		var st syscall.Statfs_t
		err := syscall.Statfs(s.dir, &st)
		s.statfs.Store(false)
		done <- answer{int64(st.Bavail) * st.Bsize, err}
	}()
	timeout := time.NewTimer(statfsWait)
	defer timeout.Stop()
	select {
	case a := <-done:
		return a.free, classify(op, s.dir, a.err)
	case <-timeout.C:
		return 0, classify(op, s.dir, fmt.Errorf("the file system did not answer within %s", statfsWait))
	}
}
