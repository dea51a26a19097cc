package storage

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestBackup(t *testing.T) {
	s := openNew(t)
	cp := putCheckpoint(t, s, 1)
	addSamples(t, s, cp, 50, 5000)
	s.AddCount(Dropped, 7)
	var copied bytes.Buffer
	n, err := s.Backup(t.Context(), &copied)
	if err != nil || n != int64(copied.Len()) {
		t.Fatalf("%d of %d bytes, %v", n, copied.Len(), err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileDB), copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir, Options{})
	if b.ID() != s.ID() || b.CountFrames() != 50 || countVectors(t, b, cp) != 50 || b.Counters().Dropped != 7 {
		t.Errorf("store %s, %d frames, %+v", b.ID(), b.CountFrames(), b.Counters())
	}
}

// writerFunc is a writer made of a function.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// Writers go on while a slow backup runs, and the file may grow.
func TestBackupOfALiveStore(t *testing.T) {
	s := openNew(t)
	addSamples(t, s, "", 20, 50_000)
	var copied bytes.Buffer
	_, err := s.Backup(t.Context(), writerFunc(func(b []byte) (int, error) {
		if copied.Len() < 1<<18 {
			addSamples(t, s, "", 5, 1<<20)
		}
		return copied.Write(b)
	}))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileDB), copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if b := open(t, dir, Options{}); b.CountFrames() != 20 {
		t.Errorf("%d frames, want the 20 of when it began", b.CountFrames())
	}
}

func TestBackupFails(t *testing.T) {
	s := openNew(t)
	addSamples(t, s, "", 20, 50_000)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Backup(ctx, writerFunc(func(b []byte) (int, error) { cancel(); return len(b), nil }))
	wantErr(t, err, context.Canceled)
	_, err = s.Backup(t.Context(), writerFunc(func([]byte) (int, error) { return 0, errors.New("stick pulled out") }))
	if err == nil {
		t.Error("a failed write is not reported")
	}
}

func TestCompact(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	cp := putCheckpoint(t, s, 1)
	addSamples(t, s, cp, 300, 50_000)
	_, _, err := Compact(t.Context(), dir)
	wantErr(t, err, ErrInUse)
	if _, err := s.Retain(t.Context(), Retention{MaxBytes: 3 << 20}); err != nil {
		t.Fatal(err)
	}
	id, want := s.ID(), frameIDs(t, s)
	live, _, err := s.Usage()
	if err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	before, after, err := Compact(t.Context(), dir)
	if err != nil || before < 10<<20 || after > live+2<<20 {
		t.Errorf("from %d to %d with %d in use, %v", before, after, live, err)
	}
	s = open(t, dir, Options{})
	if got := frameIDs(t, s); s.ID() != id || len(got) != len(want) || countVectors(t, s, cp) != len(want) {
		t.Errorf("store %s with %d frames, want %s with %d", s.ID(), len(got), id, len(want))
	}
	if got, err := s.Tensors(t.Context(), cp); err != nil || !equalTensors(got, tensors(1, 100, 40_000)) {
		t.Errorf("tensors: %v", err)
	}
	if next := addSamples(t, s, "", 1, 10); next[0] != 301 {
		t.Errorf("next frame %d", next[0])
	}
}

func TestCompactLeavesDamageAlone(t *testing.T) {
	dir := t.TempDir()
	_, _, err := Compact(t.Context(), dir)
	wantErr(t, err, ErrNotFound)
	s := open(t, dir, Options{})
	addSamples(t, s, "", 10, 5000)
	closeStore(t, s)
	flipPayload(t, dir, noise(4, 5000)[:3000])
	was, _ := readStore(t, dir)
	_, _, err = Compact(t.Context(), dir)
	wantErr(t, err, ErrCorrupt)
	if is, _ := readStore(t, dir); !bytes.Equal(is, was) {
		t.Error("the damaged file was changed")
	}
	if _, err := os.Stat(filepath.Join(dir, fileDB+".tmp")); err == nil {
		t.Error("temporary file left")
	}
}
