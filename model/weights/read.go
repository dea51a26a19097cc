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

// ReadFile reads the tensors of a .pth or .safetensors file, in the file's order.
// The content decides the format, not the file's ending. Errors name the path. They
// match the errors of this package, fs.ErrNotExist or fs.ErrPermission.
func ReadFile(path string, lim Limits) (Set, error) {
	// Stat comes before Open, because opening a pipe waits for a writer.
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

// openError says how to mend a file that cannot be opened.
func openError(path string, err error) error {
	cause := err
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		cause = pathError.Err // the message has the path already
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("weights file %s: %w; check the path for a typing error", path, cause)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("weights file %s: %w; make it readable for the user that runs edgeclr (chmod a+r)", path, cause)
	}
	return fmt.Errorf("weights file %s: %w", path, cause)
}

// Read reads the tensors of a file of size bytes. It works as [ReadFile] does.
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

// isSafetensors looks for the brace after the length. It must be called first: a
// length can begin with the bytes of another format, but the ninth byte of the
// other formats is no brace.
func isSafetensors(head []byte, lim Limits) bool {
	return len(head) > 8 && head[8] == '{' && binary.LittleEndian.Uint64(head) <= uint64(lim.FileBytes)
}

// isPickle looks for the opcode that opens protocols 2 to 5, or for the magic number
// as protocols 0 and 1 write it.
func isPickle(head []byte) bool {
	return head[0] == 0x80 || bytes.HasPrefix(head, []byte("L"+legacyMagic))
}

// checkNames refuses a file in which two tensors have one name.
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

// Limits bound what a file may ask for. A zero field takes its default.
type Limits struct {
	FileBytes   int64 // size of the file; default 1 GiB
	Tensors     int   // number of tensors; default 10,000
	HeaderBytes int   // size of the pickles, the JSON header or the zip directory; default 8 MiB
}

// objectFactor bounds the memory that the objects of a pickle take: objectFactor
// bytes for each byte of Limits.HeaderBytes. The objects of a usual pickle take about
// 10 times its size, and it is far shorter than HeaderBytes.
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

// headBytes is how much of a file is read to tell its format. The mark of a tar
// archive is at byte 257.
const headBytes = 512

// describe says what kind of file was given instead of weights, and how to get the
// weights. It knows the files that people give by mistake.
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
