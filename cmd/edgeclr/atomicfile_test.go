package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	// A source that fails in the middle leaves what was there, and nothing beside it.
	broken := errors.New("broken")
	_, _, err := writeFile(path, 0o644, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || err.Error() != "broken" {
		t.Errorf("error %v, want the source's own", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "before" {
		t.Errorf("the file holds %q", text)
	}
	n, sum, err := writeFile(path, 0o640, strings.NewReader("abc"))
	if err != nil || n != 3 || sum != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("%d bytes, sum %s, error %v", n, sum, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
}

// NumPy reads the header as a Python literal and wants the data to begin at a
// multiple of 64 bytes.
func TestNPYHeader(t *testing.T) {
	for _, shape := range [][2]int{{0, 1}, {1, 512}, {100_000, 1280}, {123_456_789, 4096}} {
		header := npyHeader(shape[0], shape[1])
		if len(header)%64 != 0 || !bytes.HasPrefix(header, []byte("\x93NUMPY\x01\x00")) || header[len(header)-1] != '\n' {
			t.Errorf("%v: %q", shape, header)
		}
		if length := int(header[8]) + int(header[9])<<8; length != len(header)-10 {
			t.Errorf("%v: the header says %d, and has %d", shape, length, len(header)-10)
		}
	}
}
