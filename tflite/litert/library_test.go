package litert_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/tflite/litert"
)

// load loads the library, or skips the test where there is none.
func load(t *testing.T) *litert.Library {
	t.Helper()
	l, err := litert.Load("")
	if errors.Is(err, litert.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLoad(t *testing.T) {
	l := load(t)
	if l.Version() != litert.Release {
		t.Errorf("version %s, want %s", l.Version(), litert.Release)
	}
	if filepath.Base(l.Path()) != litert.Soname {
		t.Errorf("loaded from %s", l.Path())
	}
	here, err := l.Accelerators()
	if err != nil || len(here) == 0 || here[0] != litert.CPU {
		t.Errorf("accelerators %v (%v), want at least the CPU", here, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	text := filepath.Join(t.TempDir(), "libLiteRt.so")
	if err := os.WriteFile(text, []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		path string
		want error
		says string
	}{
		"missing":       {"/nowhere/libLiteRt.so", litert.ErrMissing, "make deps"},
		"no library":    {text, litert.ErrVersion, "model.runtime: tensorflow"},
		"other library": {"libm.so.6", litert.ErrVersion, "LiteRtCreateEnvironment"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := litert.Load(test.path)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want %v that says %q", err, test.want, test.says)
			}
			t.Setenv(litert.Variable, test.path)
			if _, err := litert.Load(""); !errors.Is(err, test.want) {
				t.Errorf("by the variable: error %v, want %v", err, test.want)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	l := load(t)
	for name, model := range map[string][]byte{
		"empty":   nil,
		"short":   []byte("x"),
		"text":    []byte(strings.Repeat("no flatbuffer ", 100)),
		"zeros":   make([]byte, 4096),
		"id only": append([]byte{28, 0, 0, 0}, "TFL3"...),
	} {
		t.Run(name, func(t *testing.T) {
			n, err := l.Open(model, litert.Options{})
			if !errors.Is(err, litert.ErrModel) {
				t.Errorf("network %v, error %v, want %v", n, err, litert.ErrModel)
			}
			t.Log(err)
		})
	}
}
