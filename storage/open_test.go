package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

func TestOpenCreates(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "store")
	s := open(t, dir, Options{})
	id := s.ID()
	if len(id) != 32 {
		t.Errorf("id %q", id)
	}
	if s.Path() != filepath.Join(dir, fileDB) || s.Dir() != dir {
		t.Errorf("path %q, dir %q", s.Path(), s.Dir())
	}
	for name, want := range map[string]os.FileMode{"": 0o700 | os.ModeDir, fileDB: 0o600, fileID: 0o600, fileLock: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%q has mode %v, want %v", name, info.Mode(), want)
		}
	}
	closeStore(t, s)
	if again := open(t, dir, Options{}); again.ID() != id {
		t.Errorf("id %q after reopening, want %q", again.ID(), id)
	}
}

func TestOpenStates(t *testing.T) {
	write := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		do   []func(*testing.T, string)
		want error  // nil: opens as the same store
		hint string // part of the message
	}{
		{"untouched", nil, nil, ""},
		{"id file missing", []func(*testing.T, string){remove(fileID)}, nil, ""},
		{"id file empty", []func(*testing.T, string){write(fileID, "")}, nil, ""},
		{"lock file missing", []func(*testing.T, string){remove(fileLock)}, nil, ""},
		{"left over temporary file", []func(*testing.T, string){write(fileDB+".tmp", "half")}, nil, ""},
		{"database missing", []func(*testing.T, string){remove(fileDB)}, ErrLost, "copy a backup"},
		{"database missing, id empty", []func(*testing.T, string){remove(fileDB), write(fileID, "")}, ErrLost, "copy a backup"},
		{"database empty", []func(*testing.T, string){write(fileDB, "")}, ErrLost, "is empty"},
		{"database empty, no id", []func(*testing.T, string){write(fileDB, ""), remove(fileID)}, ErrLost, "is empty"},
		{"another store's id", []func(*testing.T, string){write(fileID, strings.Repeat("0", 32))}, ErrLost, "says store 0000"},
		{"not a database", []func(*testing.T, string){write(fileDB, strings.Repeat("text ", 4000))}, ErrCorrupt, "edgeclr check"},
		{"a few bytes", []func(*testing.T, string){write(fileDB, "x")}, ErrCorrupt, "edgeclr check"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, Options{})
			id := s.ID()
			addSamples(t, s, "", 3, 100)
			closeStore(t, s)
			for _, do := range tt.do {
				do(t, dir)
			}
			s, err := Open(t.Context(), dir, Options{})
			if tt.want != nil {
				wantErr(t, err, tt.want)
				if err != nil && !strings.Contains(err.Error(), tt.hint) {
					t.Errorf("message %q lacks %q", err, tt.hint)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if s.ID() != id || s.CountFrames() != 3 {
				t.Errorf("store %q with %d frames, want %q with 3", s.ID(), s.CountFrames(), id)
			}
			if text, err := os.ReadFile(filepath.Join(dir, fileID)); err != nil || string(text) != id+"\n" {
				t.Errorf("id file %q, %v", text, err)
			}
			if _, err := os.Stat(filepath.Join(dir, fileDB+".tmp")); err == nil {
				t.Error("temporary file is still there")
			}
		})
	}
}

func TestOpenNewerSchema(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	err := s.db.Update(func(tx *bbolt.Tx) error {
		return txn{tx: tx}.put(bucketMeta, keySchema, []byte(strconv.Itoa(schemaVersion+1)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), dir, Options{})
	wantErr(t, err, ErrNewerSchema)
	if err == nil || !strings.Contains(err.Error(), "install the newer release") {
		t.Errorf("message %v has no hint", err)
	}
	if _, held := Holder(dir); held {
		t.Error("a refused store is still locked")
	}
}

func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(t.Context(), dir, Options{ReadOnly: true})
	wantErr(t, err, ErrNotFound)
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("reading created %v", files)
	}
	s := open(t, dir, Options{})
	addSamples(t, s, "", 2, 50)
	closeStore(t, s)

	a := open(t, dir, Options{ReadOnly: true})
	b := open(t, dir, Options{ReadOnly: true})
	for _, s := range []*Store{a, b} {
		if ids := frameIDs(t, s); len(ids) != 2 {
			t.Errorf("frames %v", ids)
		}
		_, err := s.AddFrames(t.Context(), nil, []NewFrame{sample(9, 10)})
		wantErr(t, err, ErrReadOnly)
	}
}

func TestOpenPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	closeStore(t, open(t, dir, Options{}))
	for _, tt := range []struct {
		name string
		mode os.FileMode
		path string
	}{
		{"folder", 0o500, ""}, {"database", 0o400, fileDB}, {"unreadable database", 0, fileDB},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, tt.path)
			old, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			defer os.Chmod(path, old.Mode())
			s, err := Open(t.Context(), dir, Options{})
			if tt.path == "" && err == nil { // an existing store needs no new file there
				s.Close()
				return
			}
			wantErr(t, err, ErrUnwritable)
		})
	}
}

func TestClosed(t *testing.T) {
	s := openNew(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	_, err := s.Frame(1)
	wantErr(t, err, ErrClosed)
	wantErr(t, s.AddEvent(t.Context(), Event{Kind: "x"}), ErrClosed)
}

func TestDamagedStateIsCountedAnew(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	cp := putCheckpoint(t, s, 1)
	addSamples(t, s, cp, 4, 300)
	learn := sample(5, 300)
	learn.Vectors, learn.Replay = [][]float32{floats(5, 8)}, &ReplayPicture{JPEG: noise(5, 50)}
	if _, err := s.AddFrames(t.Context(), by(cp), []NewFrame{learn}); err != nil {
		t.Fatal(err)
	}
	gone := sample(6, 300) // its number must not be used again
	gone.File = &FileState{Path: gone.Path, Size: 300}
	if _, err := s.AddFrames(t.Context(), nil, []NewFrame{gone}); err != nil {
		t.Fatal(err)
	}
	if err := s.update(t.Context(), "test", func(t txn) error { _, err := t.deleteFrame(6); return err }); err != nil {
		t.Fatal(err)
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketMeta).Put(keyState, []byte("nonsense"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	s.lock.Release()

	s = open(t, dir, Options{})
	if s.CountFrames() != 5 || countVectors(t, s, cp) != 5 || s.CountReplay() != 1 {
		t.Errorf("%d frames, %d vectors, %d pictures to learn from; want 5, 5 and 1", s.CountFrames(), countVectors(t, s, cp), s.CountReplay())
	}
	ids := addSamples(t, s, "", 1, 10)
	if ids[0] != 7 {
		t.Errorf("next frame is %d, want 7", ids[0])
	}
	if next := putCheckpoint(t, s, 2); next != "c2" {
		t.Errorf("next checkpoint is %s, want c2", next)
	}
}

func TestOpenCancelled(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Open(ctx, dir, Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
