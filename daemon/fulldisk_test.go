package daemon

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// On a full disk ingestion pauses, the status says so, and queries go on. When there
// is room, ingestion resumes by itself. Nothing is lost or counted twice.
func TestFullDisk(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.MinFrames = 4
	s := openWith(t, Options{Config: cfg})
	const files = 24 // of 0.2 MB each: more than the file has room for
	noisy := decoded(t, scene(t, 40)).Resize(1400, 1000)
	large := func(i int) []byte {
		noisy.Pix[i*3] ^= 0xff // another picture
		data, err := noisy.JPEG(98)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	var old []client.Picture // to be deleted when room is needed
	for i := range files {
		old = append(old, client.Picture{Path: fmt.Sprint("old", i), Data: large(i)})
	}
	if _, err := s.Client().Embed(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	before, ids := embed(t, s, 0, 6)
	_, file, err := s.store.Usage()
	if err != nil {
		t.Fatal(err)
	}
	shut(t, s)

	s = openWith(t, Options{Config: cfg, maxStoreBytes: file})
	folder := t.TempDir()
	for i := range files {
		write(t, filepath.Join(folder, fmt.Sprintf("%02d.jpg", i)), large(files+i))
	}
	write(t, filepath.Join(folder, "bad.jpg"), []byte("not a picture")) // fails within a batch that is tried again
	if err := s.Ingest(config.SourcesOf("dir:" + folder)); err != nil {
		t.Fatal(err)
	}
	wait(t, "the pause", func() bool { return status(t, s).Ingest.Paused })
	if st := status(t, s).Ingest; !strings.Contains(st.Error, "free some space") {
		t.Errorf("the pause does not tell how to end it: %+v", st)
	}
	findsItself(t, s.Client(), before[5].Data, ids[5], "")
	if c := s.store.Counters(); c.Stored >= 2*files+6 {
		t.Fatalf("the disk is not full: %+v", c)
	}
	if _, err := s.Client().Embed(t.Context(), pictures(t, 60, 4)); err != nil && !errors.Is(err, storage.ErrFull) {
		t.Errorf("embedding on a full disk: %v", err) // a few small ones may still fit
	}
	held := s.store.Counters().Stored

	// Deleting the oldest makes room inside the file.
	reconfigure(s, func(cfg *config.Config) { cfg.Store.MaxBytes = 1 })
	wait(t, "all files", func() bool {
		if err := s.retainOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		return allSeen(t, s, folder, files)
	})
	if c := s.store.Counters(); c.Stored < held || c.Stored > 2*files+6+4 {
		t.Errorf("stored %d, then %+v", held, c)
	}
	wait(t, "the end of the pause", func() bool { return !status(t, s).Ingest.Paused })
	if n := s.store.Counters().Reasons["unsupported"]; n != 1 {
		t.Errorf("the bad picture was counted %d times", n)
	}
}

// allSeen reports whether every file of the folder is in the cursor.
func allSeen(t *testing.T, s *Service, folder string, files int) bool {
	t.Helper()
	seen := 0
	_, err := s.store.ForgetFiles(t.Context(), "dir:"+folder, func(string) bool { seen++; return false })
	if err != nil {
		t.Fatal(err)
	}
	return seen == files+1
}
