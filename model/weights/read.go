package weights

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ReadFile reads the tensors of a .pth or .safetensors file, in the file's
// order. Content and not the ending decides the format. Errors name the path
// and match those of this package, or fs.ErrNotExist and fs.ErrPermission.
func ReadFile(path string, lim Limits) (Set, error) {
	// Looked at before it is opened, since opening a pipe waits for a writer.
	info, err := os.Stat(path)
	if err != nil {
		return nil, openError(path, err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("weights file %s: %w: a folder; name the .pth or .safetensors file in it", path, ErrFormat)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("weights file %s: %w: a pipe or device; copy its contents to a file first", path, ErrFormat)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	defer f.Close()
	set, err := Read(f, info.Size(), lim)
	if err != nil {
		return nil, fmt.Errorf("weights file %s: %w", path, err)
	}
	return set, nil
}

func openError(path string, err error) error {
	cause := err
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		cause = pathError.Err // without the path, which stands in front
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("weights file %s: %w; check the path for a typing error", path, cause)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("weights file %s: %w; make it readable for the user that runs edgeclr (chmod a+r)", path, cause)
	}
	return fmt.Errorf("weights file %s: %w", path, cause)
}

// Read is ReadFile for the size bytes of r.
func Read(r io.ReaderAt, size int64, lim Limits) (Set, error) {
	lim = lim.withDefaults()
	if size <= 0 {
		return nil, fmt.Errorf("%w; %s", ErrEmpty, downloadAgain)
	}
	if size > lim.FileBytes {
		return nil, fmt.Errorf("%w: it has %d bytes, more than %d", ErrLimit, size, lim.FileBytes)
	}
	head := make([]byte, min(size, headBytes))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, readError(err)
	}
	var read func(io.ReaderAt, int64, Limits) (Set, error)
	switch {
	case isSafetensors(head, lim):
		read = readSafetensors
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		read = readArchive
	case isPickle(head):
		read = readLegacy
	default:
		return nil, fmt.Errorf("%w: %s", ErrFormat, describe(head))
	}
	set, err := read(r, size, lim)
	if err != nil {
		return nil, err
	}
	trimPrefixes(set)
	if err := checkNames(set); err != nil {
		return nil, err
	}
	return set, nil
}

// isSafetensors goes by the brace after the length. It is asked first, since a
// length can begin like the other formats; their ninth byte is no brace.
func isSafetensors(head []byte, lim Limits) bool {
	return len(head) > 8 && head[8] == '{' && binary.LittleEndian.Uint64(head) <= uint64(lim.FileBytes)
}

// isPickle goes by the opcode that opens protocols 2 to 5, or by the magic
// number as protocols 0 and 1 write it.
func isPickle(head []byte) bool {
	return head[0] == 0x80 || bytes.HasPrefix(head, []byte("L"+legacyMagic))
}

func checkNames(s Set) error {
	seen := make(map[string]bool, len(s))
	for _, t := range s {
		if seen[t.Name] {
			return fmt.Errorf("%w: two tensors are named %s; %s", ErrCorrupt, quote(t.Name), downloadAgain)
		}
		seen[t.Name] = true
	}
	return nil
}
