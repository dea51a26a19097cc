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

// Limits bound what a file may ask for. The zero value takes the defaults.
type Limits struct {
	FileBytes   int64 // size of the file; default 1 GiB
	Tensors     int   // default 10,000
	HeaderBytes int   // pickles, or the JSON header, or a zip archive's directory; default 8 MiB
}

// objectFactor is how much memory the objects of a pickle may take for each
// byte of Limits.HeaderBytes. Usual ones take about 10.
const objectFactor = 8

func (l Limits) withDefaults() Limits {
	if l.FileBytes == 0 {
		l.FileBytes = 1 << 30
	}
	if l.Tensors == 0 {
		l.Tensors = 10_000
	}
	if l.HeaderBytes == 0 {
		l.HeaderBytes = 8 << 20
	}
	return l
}

// headBytes is how much of a file tells its format: tar has its mark at 257.
const headBytes = 512

// describe says what a file is that is not weights, and how to get to them.
// These are what people give by mistake.
func describe(head []byte) string {
	const fetch = "download the file itself and compare its size with the source's"
	text := bytes.ToLower(bytes.TrimLeft(head, "\ufeff \t\r\n"))
	for _, p := range []struct{ prefix, is string }{
		{"<!doctype", "a web page, as a wrong or expired link gives; " + fetch},
		{"<html", "a web page, as a wrong or expired link gives; " + fetch},
		{"<?xml", "an XML document, as a failed download gives; " + fetch},
		{"{", "JSON text, as a failed download or a model's configuration gives; " + fetch},
		{"version https://git-lfs", "a Git LFS pointer, not the file it points to; run `git lfs pull` where it came from"},
	} {
		if bytes.HasPrefix(text, []byte(p.prefix)) {
			return p.is
		}
	}
	for _, m := range []struct {
		at    int
		magic string
		is    string
	}{
		{0, "\x1f\x8b", "gzip data; unpack it (gunzip, tar xzf) and name the .pth or .safetensors file"},
		{0, "PK\x05\x06", "an empty zip archive; " + downloadAgain},
		{0, "\x89HDF", "an HDF5 file (Keras); convert it to safetensors with the names of PyTorch's tensors"},
		{4, "TFL3", "a TFLite model, which has no tensors to train; name the .pth or .safetensors file that it was made from"},
		{257, "ustar", "a tar archive; unpack it (tar xf) and name the .pth or .safetensors file in it. PyTorch's own tar format (2016) is not supported"},
	} {
		if len(head) >= m.at+len(m.magic) && string(head[m.at:m.at+len(m.magic)]) == m.magic {
			return m.is
		}
	}
	if len(bytes.Trim(head, "\x00")) == 0 {
		return "it begins with zeros alone, as after a power cut during a download; " + downloadAgain
	}
	return fmt.Sprintf("it begins with % x and not like .pth or .safetensors; check that it is the right file, or %s", head[:min(8, len(head))], downloadAgain)
}
