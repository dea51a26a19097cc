package disk

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
)

func create(t *testing.T, sectors int64) *Volatile {
	t.Helper()
	d, err := Open(filepath.Join(t.TempDir(), "disk"), sectors*SectorBytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// fill returns n sectors of one value.
func fill(value byte, n int) []byte { return bytes.Repeat([]byte{value}, n*SectorBytes) }

func (d *Volatile) mustWrite(t *testing.T, value byte, first int64, n int) {
	t.Helper()
	if _, err := d.WriteAt(fill(value, n), first*SectorBytes); err != nil {
		t.Fatal(err)
	}
}

// values returns the first byte of each sector.
func (d *Volatile) values(t *testing.T) []byte {
	t.Helper()
	all := make([]byte, d.Size())
	if _, err := d.ReadAt(all, 0); err != nil {
		t.Fatal(err)
	}
	var values []byte
	for i := 0; i < len(all); i += SectorBytes {
		values = append(values, all[i])
	}
	return values
}

func never() bool { return false }

func TestCutLosesWhatWasNotFlushed(t *testing.T) {
	d := create(t, 4)
	d.mustWrite(t, 1, 0, 4)
	if err := d.Flush(); err != nil {
		t.Fatal(err)
	}
	d.mustWrite(t, 2, 1, 2)
	if err := d.WriteThrough(fill(3, 1), 2*SectorBytes); err != nil {
		t.Fatal(err)
	}
	if got, want := d.values(t), []byte{1, 2, 3, 1}; !bytes.Equal(got, want) {
		t.Errorf("before the cut: %v, want %v", got, want)
	}
	if n := d.Pending(); n != 1 {
		t.Errorf("Pending: %d, want 1", n)
	}
	kept, lost, err := d.Cut(never)
	if err != nil || kept != 0 || lost != 1 {
		t.Errorf("Cut: kept %d, lost %d, %v; want 0, 1", kept, lost, err)
	}
	if got, want := d.values(t), []byte{1, 1, 3, 1}; !bytes.Equal(got, want) {
		t.Errorf("after the cut: %v, want %v", got, want)
	}
}

func TestCutTearsAWrite(t *testing.T) {
	d := create(t, 4)
	d.mustWrite(t, 1, 0, 4)
	odd := false
	kept, lost, err := d.Cut(func() bool { odd = !odd; return odd })
	if err != nil || kept != 2 || lost != 2 {
		t.Errorf("Cut: kept %d, lost %d, %v; want 2, 2", kept, lost, err)
	}
	if got, want := d.values(t), []byte{1, 0, 1, 0}; !bytes.Equal(got, want) {
		t.Errorf("after the cut: %v, want %v", got, want)
	}
}

func TestRange(t *testing.T) {
	d := create(t, 2)
	for _, tt := range []struct {
		name        string
		off, length int64
	}{
		{"after the end", 2 * SectorBytes, SectorBytes},
		{"across the end", SectorBytes, 2 * SectorBytes},
		{"negative", -SectorBytes, SectorBytes},
		{"half a sector", 0, SectorBytes / 2},
		{"between sectors", 1, SectorBytes},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := make([]byte, tt.length)
			if _, err := d.ReadAt(p, tt.off); !errors.Is(err, errRange) {
				t.Errorf("ReadAt: %v", err)
			}
			if _, err := d.WriteAt(p, tt.off); !errors.Is(err, errRange) {
				t.Errorf("WriteAt: %v", err)
			}
			if err := d.WriteThrough(p, tt.off); !errors.Is(err, errRange) {
				t.Errorf("WriteThrough: %v", err)
			}
		})
	}
}
