// Package atomicfile writes files whole or not at all.
package atomicfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Write writes everything that r yields to the file at path, or leaves path as it is. The
// data goes to a temporary file in the same folder, which is renamed at the end. Write
// returns the length in bytes and the SHA-256 in hexadecimal. It returns errors of r
// unchanged, and explains all others (see Explain).
func Write(path string, mode os.FileMode, r io.Reader) (int64, string, error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".edgeclr-*")
	if err != nil {
		return 0, "", Explain(path, err)
	}
	defer os.Remove(file.Name())
	hash := sha256.New()
	source := &errorKeeper{r: r}
	n, err := io.Copy(io.MultiWriter(file, hash), source)
	if err == nil {
		err = file.Chmod(mode)
	}
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if source.err != nil {
		return 0, "", source.err
	}
	if err != nil {
		return 0, "", Explain(path, err)
	}
	return n, hex.EncodeToString(hash.Sum(nil)), nil
}

// errorKeeper remembers the error of a reader. It distinguishes a failed read from a
// failed write.
type errorKeeper struct {
	r   io.Reader
	err error
}

func (k *errorKeeper) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	if err != nil && err != io.EOF {
		k.err = err
	}
	return n, err
}

// Explain returns an error that says why the file at path could not be written, and what
// to do. It wraps err without the temporary name.
func Explain(path string, err error) error {
	var atPath *fs.PathError
	var renamed *os.LinkError
	switch {
	case errors.As(err, &atPath):
		err = atPath.Err
	case errors.As(err, &renamed):
		err = renamed.Err
	}
	hint := "choose another place"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint = "make the folder first: mkdir -p " + filepath.Dir(path)
	case errors.Is(err, fs.ErrPermission):
		hint = "choose a folder that you can write to"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = "free some space, or choose another disk"
	}
	return fmt.Errorf("cannot write %s: %w; %s", path, err, hint)
}
