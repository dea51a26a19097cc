package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// source supplies wheels.
type source interface {
	// needs returns the bytes of disk that fetch takes: twice the size of a wheel that is downloaded, because pip copies it.
	needs(w wheel) int64
	// fetch returns the path of the verified wheel. A wheel with another hash is an errHash.
	fetch(ctx context.Context, w wheel) (string, error)
	// done is called when the wheel at path is unpacked.
	done(path string) error
}

// errHash says that a wheel is not the pinned one.
var errHash = errors.New("wrong SHA-256")

// verify reads the file at path and compares its hash with the pin.
func verify(path string, w wheel) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != w.sha256 {
		return fmt.Errorf("%s: %w: it has %s, and %s is pinned to %s", path, errHash, got, w.requirement, w.sha256)
	}
	return nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
