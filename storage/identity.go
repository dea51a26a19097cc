package storage

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.etcd.io/bbolt"
)

// The files of a store. The id stands both in the database and in a file beside
// it, so that a database that is missing, emptied or swapped is noticed.
const (
	fileDB   = "edgeclr.db"
	fileID   = "edgeclr.id"
	fileLock = "edgeclr.lock"
)

// identify returns the id that the id file says, and creates a store where there
// is none. The id is empty if a database is there without an id file.
func identify(dir string, opt Options) (id string, err error) {
	text, err := readSmallFile(filepath.Join(dir, fileID))
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
		return "", lostError(dir, fileDB+" is empty")
	case known:
		return "", lostError(dir, fmt.Sprintf("%s is missing, but %s says that store %.40s was here", fileDB, fileID, id))
	case opt.ReadOnly:
		return "", noStoreError(dir)
	}
	return create(dir)
}

// confirmID compares the id file with the database. It writes the file if a
// crash or a restored backup left none.
func (s *Store) confirmID(id string) error {
	switch {
	case id == s.id || id == "" && s.opt.ReadOnly:
		return nil
	case id != "":
		return lostError(s.dir, fmt.Sprintf("%s says store %.40s, %s is store %.40s", fileID, id, fileDB, s.id))
	}
	return writeFileAtomic(filepath.Join(s.dir, fileID), []byte(s.id+"\n"))
}

func lostError(dir, why string) error {
	return &Error{Op: "open store", Path: dir, Err: fmt.Errorf("%w: %s", ErrLost, why),
		Hint: "mount the right disk, or copy a backup to " + filepath.Join(dir, fileDB) +
			"; to start with an empty store, remove " + fileID + " and " + fileDB + " there"}
}

func noStoreError(dir string) error {
	return &Error{Op: "open store", Path: dir, Err: fmt.Errorf("%w: there is no store here", ErrNotFound),
		Hint: "`edgeclr run`, `train` or `import` creates one; --data DIR names another"}
}

// isEmptyDir reports whether dir has neither a database nor an id file.
func isEmptyDir(dir string) bool {
	for _, name := range []string{fileDB, fileID} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

// create makes an empty store in dir and returns its id. The database gets its
// final name when it is complete and synced: a power cut while bbolt initialises
// a file would leave one that cannot be opened (etcd#16596).
func create(dir string) (id string, err error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	id = hex.EncodeToString(raw)
	tmp := filepath.Join(dir, fileDB+".tmp")
	if err := createDatabase(tmp, id); err != nil {
		_ = os.Remove(tmp)
		return "", err
	}
	if err := replaceFile(tmp, filepath.Join(dir, fileDB)); err != nil {
		return "", err
	}
	// A crash before this line leaves a database without an id file. The next
	// Open writes the file.
	return id, writeFileAtomic(filepath.Join(dir, fileID), []byte(id+"\n"))
}

func createDatabase(path, id string) error {
	db, err := newBolt(path)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range allBuckets() {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		t := txn{tx: tx, st: &state{}}
		if err := t.put(bucketMeta, keyID, []byte(id)); err != nil {
			return err
		}
		if err := t.putSchema(); err != nil {
			return err
		}
		return putState(t)
	})
	if err == nil {
		err = db.Sync()
	}
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	return err
}

// newBolt makes an empty database and removes what an earlier try left there.
func newBolt(path string) (*bbolt.DB, error) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		FreelistType: bbolt.FreelistMapType,
		PageSize:     pageBytes,
	})
	if err != nil {
		return nil, err
	}
	db.AllocSize = growBytes
	return db, nil
}

// readSmallFile reads the first 4 KiB of a file.
func readSmallFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, 4096))
	return string(b), err
}

// writeFileAtomic writes a small file. A crash leaves the old file or the new
// one.
func writeFileAtomic(path string, data []byte) error {
	tmp := path + ".tmp"
	file, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(tmp)
		return err
	}
	return replaceFile(tmp, path)
}

// replaceFile renames a synced file and makes the new name durable.
func replaceFile(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
