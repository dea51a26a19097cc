package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"edgeclr/storage/boltfile"
)

const (
	// pageBytes is the page size of new files. bbolt would take the system's,
	// which is 16 KiB on a Raspberry Pi 5: four times the writing for a small
	// record.
	pageBytes = 4096

	// growBytes is how much the file grows at a time. Each growth costs a sync.
	// bbolt's own 16 MiB are much on a small card.
	growBytes = 4 << 20

	// mapBytes is address space, not memory. With a map larger than the file, a
	// writer can grow the file while a long read transaction (a backup) runs.
	// With a smaller one it would wait, and make all new readers wait with it.
	mapBytes = 16 << 30
)

// Open opens the store in dir. It creates one if the folder is new, empty or
// missing. Errors: *InUseError (ErrInUse), ErrLost, ErrCorrupt, ErrNewerSchema,
// ErrUnwritable, ErrFull, and with ReadOnly also ErrNotFound.
func Open(ctx context.Context, dir string, opt Options) (_ *Store, err error) {
	const op = "open store"
	defer func() { err = classify(op, dir, err) }()
	opt = opt.withDefaults()
	if opt.ReadOnly {
		// Reading creates nothing, not even a lock file in a folder of something else.
		if isEmptyDir(dir) {
			return nil, noStoreError(dir)
		}
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	held, err := acquireLock(ctx, dir, opt)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = held.Release()
		}
	}()
	id, err := identify(dir, opt)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, path: filepath.Join(dir, fileDB), opt: opt, lock: held}
	if err := verifyFile(s.path, opt.Log); err != nil {
		return nil, err
	}
	if s.db, err = openBolt(s.path, opt); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = s.db.Close()
		}
	}()
	s.pageSize = s.db.Info().PageSize
	if err := s.load(); err != nil {
		return nil, err
	}
	if err := s.confirmID(id); err != nil {
		return nil, err
	}
	if !opt.ReadOnly {
		if err := s.cleanUp(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// verifyFile refuses a damaged file before bbolt maps it.
func verifyFile(path string, log *slog.Logger) error {
	both, err := verifyStructure(path, false)
	if err == nil && !both {
		log.Warn("a commit was interrupted: one of two meta pages is invalid; the store is as it was before that commit", "path", path)
	}
	return err
}

// verifyStructure verifies the pages of a file, all of them if full is set. both
// is false if one of the two meta pages is invalid.
func verifyStructure(path string, full bool) (both bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("%s is not a regular file", path)
	}
	meta, both, err := boltfile.ReadMeta(file, info.Size())
	if err == nil {
		err = boltfile.Verify(file, meta, full)
	}
	return both, fileDamage(err)
}

// openBolt opens the file. bbolt can panic on damage that verifyFile does not
// look for. Such a panic becomes an error.
func openBolt(path string, opt Options) (db *bbolt.DB, err error) {
	var file *os.File
	bopt := &bbolt.Options{
		Timeout:         opt.Wait,
		FreelistType:    bbolt.FreelistMapType,
		ReadOnly:        opt.ReadOnly,
		PreLoadFreelist: true, // for Usage, also when reading
		MaxSize:         int(opt.MaxBytes),
		NoSync:          opt.NoSync,
		OpenFile: func(name string, flag int, perm os.FileMode) (_ *os.File, err error) {
			file, err = os.OpenFile(name, flag&^os.O_CREATE, perm)
			return file, err
		},
	}
	if strconv.IntSize == 64 {
		bopt.InitialMmapSize = mapBytes
	}
	defer func() {
		if err != nil && file != nil {
			_ = file.Close() // ends the flock after a panic; otherwise already closed
		}
	}()
	defer catch(&err)()
	db, err = bbolt.Open(path, 0o600, bopt)
	if errors.Is(err, syscall.ENOMEM) { // a limit on address space
		bopt.InitialMmapSize = 0
		db, err = bbolt.Open(path, 0o600, bopt)
	}
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, &InUseError{Dir: filepath.Dir(path)}
	}
	if err != nil {
		return nil, err
	}
	db.AllocSize = growBytes
	return db, nil
}

// load reads the schema, the id and the state. It rebuilds a damaged state.
func (s *Store) load() error {
	const op = "open store"
	var damage error
	err := s.view(op, func(t txn) error {
		if err := s.loadSchema(t); err != nil {
			return err
		}
		id, err := t.get(bucketMeta, keyID)
		if err != nil {
			return err
		}
		if s.id = string(id); s.id == "" {
			return corrupt(bucketMeta, keyID, "missing")
		}
		if s.state.committed, err = getState(t); errors.Is(err, ErrCorrupt) {
			damage = err
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	if damage != nil {
		s.opt.Log.Warn("the counters of the store are damaged; they are counted again", "path", s.path, "error", damage)
		if err := s.rebuildState(); err != nil {
			return err
		}
	}
	s.eventIDs.Store(s.state.committed.LastEvent)
	return nil
}

// cleanUp removes what a crash left in the middle of work that takes several
// transactions.
func (s *Store) cleanUp(ctx context.Context) error {
	_ = os.Remove(s.path + ".tmp") // of a Compact that was interrupted
	err := s.sweep(ctx)
	if errors.Is(err, ErrFull) { // no reason to refuse queries
		s.opt.Log.Warn("the disk is full; unused chunks of tensors stay until there is room", "error", err)
		return nil
	}
	return err
}
