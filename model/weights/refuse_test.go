package weights

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// refused checks the kind of an error and the words it must contain.
func refused(t *testing.T, err, kind error, says ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want %v", err, kind)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not say %q", err, s)
		}
	}
}

func TestReadFileRefusesUnsupportedPyTorch(t *testing.T) {
	tests := []struct {
		file string
		kind error
		says []string
	}{
		{"bomb.pth", ErrClass, []string{"bomb.pth", `"system"`, `"posix"`, "nothing was executed"}},
		{"bomb-legacy.pth", ErrClass, []string{`"system"`, `"posix"`}},
		{"module.pth", ErrClass, []string{"torch.nn.modules", "state_dict", "python3 -c"}},
		{"script.pth", ErrUnsupported, []string{"TorchScript", "torch.jit.load"}},
		{"complex.pth", ErrUnsupported, []string{"ComplexFloatStorage"}},
		{"sparse.pth", ErrUnsupported, []string{"_rebuild_sparse_tensor", "to_dense"}},
		{"negated.pth", ErrUnsupported, []string{"resolve_neg"}},
		{"float8.safetensors", ErrUnsupported, []string{`"w"`, "F8_E4M3"}},
		{"nothing.pth", ErrNoTensors, []string{`"epoch"`, `"args"`}},
		{"tensor.pth", ErrNoTensors, []string{"state_dict"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			_, err := ReadFile(golden(tt.file), Limits{})
			refused(t, err, tt.kind, tt.says...)
		})
	}
	if _, err := os.Stat("/tmp/edgeclr-bomb"); err == nil {
		t.Error("the bomb went off")
	}
}

func TestReadRefusesOtherFiles(t *testing.T) {
	var wheel bytes.Buffer
	z := zip.NewWriter(&wheel)
	if _, err := z.Create("package/models/net.pth"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, data string
		kind       error
		says       string
	}{
		{"empty", "", ErrEmpty, "download it again"},
		{"one byte", "x", ErrFormat, "78"},
		{"page", "\n<!DOCTYPE html><html>404", ErrFormat, "web page"},
		{"page without doctype", "<HTML><body>", ErrFormat, "web page"},
		{"lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:", ErrFormat, "git lfs pull"},
		{"json", `{"message": "Not Found"}`, ErrFormat, "JSON"},
		{"gzip", "\x1f\x8b\x08\x00", ErrFormat, "gunzip"},
		{"tar", strings.Repeat("x", 257) + "ustar", ErrFormat, "tar xf"},
		{"hdf5", "\x89HDF\r\n\x1a\n", ErrFormat, "HDF5"},
		{"tflite", "\x1c\x00\x00\x00TFL3", ErrFormat, "TFLite"},
		{"zeros", strings.Repeat("\x00", 4096), ErrFormat, "zeros"},
		{"empty zip", "PK\x05\x06" + strings.Repeat("\x00", 18), ErrFormat, "empty zip"},
		{"wheel", wheel.String(), ErrFormat, "package/models/net.pth"},
		{"other pickle", "\x80\x02K\x01.", ErrFormat, "torch.save"},
		{"another magic number", "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x1a.", ErrFormat, "torch.save"},
		{"unknown", "RIFFxxxxWEBP", ErrFormat, "52 49 46 46"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tt.data), int64(len(tt.data)), Limits{})
			refused(t, err, tt.kind, tt.says)
		})
	}
}

func TestReadFileRefusesPaths(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.pth")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(dir, "locked.pth")
	if err := os.WriteFile(locked, []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, path string
		kind       error
		says       string
	}{
		{"missing", filepath.Join(dir, "missing.pth"), fs.ErrNotExist, "check the path"},
		{"folder", dir, ErrFormat, "a folder"},
		{"pipe", pipe, ErrFormat, "pipe"},
		{"unreadable", locked, fs.ErrPermission, "chmod"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.kind == fs.ErrPermission && os.Geteuid() == 0 {
				t.Skip("root reads every file")
			}
			_, err := ReadFile(tt.path, Limits{})
			refused(t, err, tt.kind, tt.path, tt.says)
			if n := strings.Count(err.Error(), tt.path); n != 1 {
				t.Errorf("%q names the path %d times", err, n)
			}
		})
	}
}

// TestReadEveryTruncation cuts good files at every byte.
func TestReadEveryTruncation(t *testing.T) {
	for _, name := range []string{"zip-protocol2.pth", "legacy-protocol2.pth", "legacy-protocol1.pth", "python.safetensors"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(golden(name))
			if err != nil {
				t.Fatal(err)
			}
			for n := 32; n < len(data); n++ {
				if _, err := Read(bytes.NewReader(data[:n]), int64(n), Limits{}); !errors.Is(err, ErrTruncated) {
					t.Fatalf("cut at %d of %d: %v", n, len(data), err)
				}
			}
		})
	}
}

// TestReadFlippedBytes damages zip archives. Their checksums must detect it.
func TestReadFlippedBytes(t *testing.T) {
	data, err := os.ReadFile(golden("zip-protocol4.pth"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := Read(bytes.NewReader(data), int64(len(data)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for at := range data {
		damaged := bytes.Clone(data)
		damaged[at] ^= 0x10
		got, err := Read(bytes.NewReader(damaged), int64(len(data)), Limits{})
		if err == nil {
			diff(t, got, want)
		}
	}
}

func TestReadLimits(t *testing.T) {
	data, err := os.ReadFile(golden("zip.pth"))
	if err != nil {
		t.Fatal(err)
	}
	legacy, err := os.ReadFile(golden("legacy.pth"))
	if err != nil {
		t.Fatal(err)
	}
	tensors, err := os.ReadFile(golden("python.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	huge := binary.LittleEndian.AppendUint64(nil, 1<<20)
	huge = append(huge, "{"+strings.Repeat(" ", 1<<20)...)
	tests := []struct {
		name string
		data []byte
		lim  Limits
		says string
	}{
		{"file", data, Limits{FileBytes: 1000}, "more than 1000"},
		{"tensors", data, Limits{Tensors: 5}, "20 tensors"},
		{"tensors of safetensors", tensors, Limits{Tensors: 5}, "more than 5"},
		{"directory", data, Limits{HeaderBytes: 1000}, "directory"},
		{"pickle", legacy, Limits{HeaderBytes: 300}, "pickle"},
		{"objects", legacy, Limits{HeaderBytes: 2500}, "memory"},
		{"header", huge, Limits{HeaderBytes: 1000}, "header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(tt.data), int64(len(tt.data)), tt.lim)
			refused(t, err, ErrLimit, tt.says)
		})
	}
}
