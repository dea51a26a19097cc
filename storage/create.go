package storage

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// create makes an empty store in dir and returns its id. The database appears
// under its name when it is complete and synced: power lost in the middle of
// bbolt's initialisation would leave a file that cannot be opened (etcd#16596).
func create(dir string, opt Options) (string, error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	id := hex.EncodeToString(raw)
	tmp := filepath.Join(dir, fileDB+".tmp")
	if err := createFile(tmp, id); err != nil {
		_ = os.Remove(tmp)
		return "", err
	}
	if err := replaceFile(tmp, filepath.Join(dir, fileDB)); err != nil {
		return "", err
	}
	// A crash before this leaves a database without an id file, which Open
	// completes.
	return id, writeFileAtomic(filepath.Join(dir, fileID), []byte(id+"\n"))
}

func createFile(path, id string) error {
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

// newBolt makes an empty database, in place of what is left of an earlier try.
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
