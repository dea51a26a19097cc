package boltfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// database makes a file with branches, leaves, inline buckets and free pages.
func database(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: 4096, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{10, 500} { // the second write leaves the pages of the first free
		err := db.Update(func(tx *bbolt.Tx) error {
			for name, values := range map[string]int{"inline": 1, "tree": 200} {
				b, err := tx.CreateBucketIfNotExists([]byte(name))
				for i := 0; err == nil && i < values; i++ {
					err = b.Put(fmt.Appendf(nil, "%04d", i), make([]byte, size))
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func verify(b []byte, full bool) error {
	m, _, err := ReadMeta(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return err
	}
	return Verify(bytes.NewReader(b), m, full)
}

func TestVerify(t *testing.T) {
	b := database(t)
	for _, full := range []bool{false, true} {
		if err := verify(b, full); err != nil {
			t.Errorf("a sound file, full %v: %v", full, err)
		}
	}
	m, both, err := ReadMeta(bytes.NewReader(b), int64(len(b)))
	if err != nil || !both {
		t.Fatalf("%+v, %v, %v", m, both, err)
	}
	at := int(m.Root) * int(m.PageSize)
	for _, tt := range []struct {
		name  string
		spoil func(b []byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"cut", func(b []byte) []byte { return b[:int(m.Pages-1)*int(m.PageSize)] }},
		{"both meta pages", func(b []byte) []byte { clear(b[:2*m.PageSize]); return b }},
		{"page number", func(b []byte) []byte { b[at]++; return b }},
		{"flags", func(b []byte) []byte { b[at+8] = 0x40; return b }},
		{"count", func(b []byte) []byte { b[at+11] = 0xFF; return b }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var damaged DamageError
			if err := verify(tt.spoil(bytes.Clone(b)), false); !errors.As(err, &damaged) {
				t.Errorf("error %v", err)
			}
		})
	}
	torn := bytes.Clone(b)
	clear(torn[20:40])
	if _, both, err := ReadMeta(bytes.NewReader(torn), int64(len(torn))); both || err != nil {
		t.Errorf("one torn meta page: %v, %v", both, err)
	}
}

// FuzzFile gives any bytes to the checks that stand between a file and bbolt.
func FuzzFile(f *testing.F) {
	f.Add([]byte{}, uint16(0), byte(0))
	f.Add(database(f), uint16(4096*2+10), byte(1))
	f.Fuzz(func(t *testing.T, b []byte, at uint16, xor byte) {
		b = bytes.Clone(b)
		if int(at) < len(b) {
			b[at] ^= xor
		}
		for _, full := range []bool{false, true} {
			var damaged DamageError
			if err := verify(b, full); err != nil && !errors.As(err, &damaged) {
				t.Errorf("error %v", err)
			}
		}
	})
}
