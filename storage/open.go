package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"edgeclr/storage/boltfile"
)

const (
	// pageBytes is the page size of new files. bbolt would take the system's, which
	// is 16 KiB on a Raspberry Pi 5: four times the writing for a small record.
	pageBytes = 4096

	// growBytes is how much the file grows at a time. Each growth costs a sync,
	// bbolt's own 16 MiB are much on a small card.
	growBytes = 4 << 20

	// mapBytes is address space, not memory. A map larger than the file lets a
	// writer grow the file while a long read transaction (a backup) runs; with
	// a smaller one it would wait, and make all new readers wait with it.
	mapBytes = 16 << 30
)

// Open opens the store in dir and creates it there if the folder is new, empty
// or missing. Errors: *InUseError (ErrInUse), ErrLost, ErrCorrupt,
// ErrNewerSchema, ErrUnwritable, ErrFull, and ErrNotFound with ReadOnly.
func Open(ctx context.Context, dir string, opt Options) (_ *Store, err error) {
	const op = "open store"
	defer func() { err = classify(op, dir, err) }()
	opt = opt.withDefaults()
	if opt.ReadOnly {
		// Reading creates nothing, not even a lock file in a folder of something else.
		if _, err := os.Stat(filepath.Join(dir, fileID)); errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Stat(filepath.Join(dir, fileDB)); errors.Is(err, fs.ErrNotExist) {
				return nil, noStore(dir)
			}
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
	if err := preflight(s.path, opt.Log); err != nil {
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
	if s.state.current == nil {
		if err := s.mendState(); err != nil {
			return nil, err
		}
	}
	s.eventIDs.Store(s.state.current.LastEvent)
	if err := s.settleID(id); err != nil {
		return nil, err
	}
	if !opt.ReadOnly {
		_ = os.Remove(s.path + ".tmp") // of a Compact that was interrupted
		// What a crash left in the middle of work that takes several transactions.
		// A full disk is no reason to refuse queries.
		if err := s.sweep(ctx); errors.Is(err, ErrFull) {
			opt.Log.Warn("unused chunks stay until there is room", "error", err)
		} else if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func noStore(dir string) error {
	return &Error{Op: "open store", Path: dir, Err: fmt.Errorf("%w: there is no store here", ErrNotFound),
		Hint: "`edgeclr run`, `train` or `import` creates one; --data DIR names another"}
}

// preflight refuses a damaged file before bbolt maps it.
func preflight(path string, log *slog.Logger) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	meta, both, err := boltfile.ReadMeta(file, info.Size())
	if err != nil {
		return fileDamage(err)
	}
	if !both {
		log.Warn("one of two meta pages is invalid: a commit was interrupted; the store is as the commit before left it", "path", path)
	}
	return fileDamage(boltfile.Verify(file, meta, false))
}

// openBolt opens the file. A panic of bbolt on damage that preflight does not
// look for becomes an error.
func openBolt(path string, opt Options) (db *bbolt.DB, err error) {
	var file *os.File
	bopt := &bbolt.Options{
		Timeout:         opt.Wait,
		FreelistType:    bbolt.FreelistMapType,
		ReadOnly:        opt.ReadOnly,
		PreLoadFreelist: true, // for Usage, also when reading
		MaxSize:         int(opt.MaxSize),
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
			_ = file.Close() // gives up the flock after a panic; else already closed
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

// load reads the id, the schema and the state; a damaged state stays nil.
func (s *Store) load() error {
	return s.view("open store", func(t txn) error {
		schema, err := t.get(bucketMeta, keySchema)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(schema))
		if err != nil || n < 1 {
			return corrupt(bucketMeta, keySchema, "schema %.20q", schema)
		}
		if n > schemaVersion {
			return &Error{Op: "open store", Path: s.path, Err: fmt.Errorf("%w: schema %d, this release knows %d", ErrNewerSchema, n, schemaVersion),
				Hint: "install the newer release again, or use another folder with --data DIR"}
		}
		s.schema.Store(int32(n))
		id, err := t.get(bucketMeta, keyID)
		if err != nil {
			return err
		}
		if s.id = string(id); s.id == "" {
			return corrupt(bucketMeta, keyID, "missing")
		}
		if s.state.current, err = getState(t); errors.Is(err, ErrCorrupt) {
			s.opt.Log.Warn("the store's counters are damaged; counting anew", "path", s.path, "error", err)
			return nil
		}
		return err
	})
}

// identify reads the id file and creates a new store where there is none.
func identify(dir string, opt Options) (id string, err error) {
	text, err := readSmall(filepath.Join(dir, fileID))
	known := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	id = strings.TrimSpace(text)
	info, err := os.Stat(filepath.Join(dir, fileDB))
	switch {
	case err == nil && info.Size() > 0:
		return id, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", err
	case err == nil:
		return "", lost(dir, fileDB+" is empty")
	case known:
		return "", lost(dir, fmt.Sprintf("%s is missing, but %s says that store %.40s was here", fileDB, fileID, id))
	case opt.ReadOnly:
		return "", noStore(dir)
	}
	return create(dir, opt)
}

func lost(dir, why string) error {
	return &Error{Op: "open store", Path: dir, Err: fmt.Errorf("%w: %s", ErrLost, why),
		Hint: "mount the right disk, or copy a backup to " + filepath.Join(dir, fileDB) +
			"; to start anew, remove " + fileID + " and " + fileDB + " there"}
}

// readSmall reads a file of at most 4 KiB.
func readSmall(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, 4096))
	return string(b), err
}

// settleID compares the id file with the database, and writes the file when a
// crash or a restored backup left none.
func (s *Store) settleID(id string) error {
	switch {
	case id == s.id || id == "" && s.opt.ReadOnly:
		return nil
	case id != "":
		return lost(s.dir, fmt.Sprintf("%s says store %.40s, %s is store %.40s", fileID, id, fileDB, s.id))
	}
	return writeFileAtomic(filepath.Join(s.dir, fileID), []byte(s.id+"\n"))
}
