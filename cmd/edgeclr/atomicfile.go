package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// writeFile writes a file whole or not at all: under another name first, then
// renamed. It gives the length and the SHA-256.
func writeFile(path string, r io.Reader) (int64, string, error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".edgeclr-*")
	if err != nil {
		return 0, "", fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(file.Name())
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(file, hash), r)
	if err == nil {
		err = file.Chmod(0o644)
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
	if err != nil {
		return 0, "", fmt.Errorf("writing %s: %w", path, err)
	}
	return n, hex.EncodeToString(hash.Sum(nil)), nil
}
