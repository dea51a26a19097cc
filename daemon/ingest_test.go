package daemon

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// write makes a file that is a day old, so that the source reads it at once.
func write(t *testing.T, path string, data []byte) {
	t.Helper()
	writeAt(t, path, data, time.Now().Add(-24*time.Hour))
}

// writeAt makes a whole file appear under its name.
func writeAt(t *testing.T, path string, data []byte, when time.Time) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	part := path + ".part"
	if err := os.WriteFile(part, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(part, when, when); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(part, path); err != nil {
		t.Fatal(err)
	}
}

// counts waits until the store's counters are as expected.
func counts(t *testing.T, s *Service, stored, failed uint64) {
	t.Helper()
	wait(t, "ingestion", func() bool {
		c := s.store.Counters() // the index follows the commit
		return c.Stored == stored && c.Failed == failed && status(t, s).Embeddings == int(stored)
	})
}

func TestDirectoryEndToEnd(t *testing.T) {
	cfg, folder := smallConfig(t), t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	write(t, at("a.jpg"), scene(t, 1))
	write(t, at("deep/b.jpg"), scene(t, 2))
	write(t, at("copy.jpg"), scene(t, 1)) // the same content at two paths: two frames
	write(t, at("empty.jpg"), nil)
	write(t, at("cut.jpg"), scene(t, 3)[:600])
	write(t, at("page.jpg"), []byte("<!DOCTYPE html><title>404</title>"))

	s := open(t, cfg)
	if err := s.Ingest(config.SourcesOf("dir:" + folder)); err != nil {
		t.Fatal(err)
	}
	counts(t, s, 3, 3)
	for _, reason := range []string{"empty", "truncated", "unsupported"} {
		if n := s.store.Counters().Reasons[reason]; n != 1 {
			t.Errorf("%d files failed as %q: %v", n, reason, s.store.Counters().Reasons)
		}
	}

	write(t, at("later/c.jpg"), scene(t, 4)) // a new folder
	counts(t, s, 4, 3)

	// A file that is touched, or written again with the same bytes, is nothing new.
	// One that has other bytes is one frame more. The last file tells when all is done.
	writeAt(t, at("a.jpg"), scene(t, 1), time.Now().Add(-time.Hour))
	write(t, at("deep/b.jpg"), scene(t, 5))
	writeAt(t, at("empty.jpg"), scene(t, 6), time.Now().Add(-time.Hour)) // a bad file that became good
	counts(t, s, 6, 3)
	wait(t, "the cursor of the touched file", func() bool {
		info, err := os.Stat(at("a.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		seen, err := s.store.Seen("dir:"+folder, at("a.jpg"), info.Size(), info.ModTime())
		return err == nil && seen
	})
	answer, err := s.Client().QueryImage(t.Context(), scene(t, 1), 6, "")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{at("a.jpg"), at("copy.jpg")} { // equal similarities by frame id
		if hit := answer.Results[i]; hit.Path != want || hit.Similarity <= 0.999 {
			t.Errorf("hit %d is %+v, want %s", i, hit, want)
		}
	}
	st := status(t, s)
	if len(st.Sources) != 1 || st.Sources[0].State != camera.StateLive || st.Ingest.Paused {
		t.Errorf("sources %+v, ingest %+v", st.Sources, st.Ingest)
	}
	shut(t, s)

	// After a restart nothing is embedded or counted twice. A file that came meanwhile is
	// embedded.
	write(t, at("meanwhile.jpg"), scene(t, 7))
	again := open(t, cfg)
	if err := again.Ingest(config.SourcesOf("dir:" + folder)); err != nil {
		t.Fatal(err)
	}
	counts(t, again, 7, 3)
	if n := again.store.CountFrames(); n != 7 {
		t.Errorf("%d frames", n)
	}
}

func TestSourceThatCannotBeOpened(t *testing.T) {
	s := open(t, smallConfig(t))
	for _, tt := range []struct{ name, uri, want string }{
		{"no folder", "dir:/nowhere/at/all", "/nowhere/at/all"},
		{"no scheme", "ftp://x", "dir:PATH"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := s.Ingest(config.SourcesOf(tt.uri)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v does not name %q", err, tt.want)
			}
		})
	}
}

// Two clients that send the same files at once store each of them once.
func TestCommitAtOnce(t *testing.T) {
	s := open(t, smallConfig(t))
	all := pictures(t, 0, 12)
	answers := make(chan error, 4)
	for range cap(answers) {
		go func() {
			_, err := s.Client().Embed(t.Context(), all)
			answers <- err
		}()
	}
	for range cap(answers) {
		if err := <-answers; err != nil {
			t.Fatal(err)
		}
	}
	counts(t, s, 12, 0)
}

// A stored picture finds itself, whatever the store keeps of it. It has the same
// vector when it is embedded again.
func TestKeepPolicies(t *testing.T) {
	big, err := decoded(t, scene(t, 1)).Resize(800, 600).JPEG(90)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		frames string
		kept   storage.Kept
		bytes  func(kept int) bool
		image  bool // something is kept to show
	}{
		{"", storage.KeptFull, func(n int) bool { return n == len(big) }, true},
		{"full", storage.KeptFull, func(n int) bool { return n == len(big) }, true},
		{"thumbnail", storage.KeptThumbnail, func(n int) bool { return n > 0 && n < len(big) }, true},
		{"none", storage.KeptNone, func(n int) bool { return n == 0 }, false},
	} {
		t.Run("frames="+tt.frames, func(t *testing.T) {
			cfg := smallConfig(t)
			cfg.Store.Frames = tt.frames
			s := open(t, cfg)
			embed(t, s, 10, 5)
			answer, err := s.Client().Embed(t.Context(), []client.Picture{{Path: "/big.jpg", Data: big}})
			if err != nil {
				t.Fatal(err)
			}
			id := answer.Frames[0].ID
			findsItself(t, s.Client(), big, id, "")
			f, err := s.store.Frame(storage.FrameID(id))
			if err != nil || f.Kept != tt.kept || !tt.bytes(int(f.KeptBytes)) || f.Width != 800 {
				t.Errorf("frame %+v, %v", f, err)
			}
			if n := s.store.CountReplay(); (n > 0) != tt.image {
				t.Errorf("%d pictures to learn from", n)
			}
			data, err := s.Client().Image(t.Context(), id, 64)
			if (err == nil) != tt.image {
				t.Errorf("image: %d bytes, %v", len(data), err)
			}
			if !tt.image {
				return
			}
			if m := decoded(t, data); m.Height != 64 {
				t.Errorf("the picture shown is %d x %d", m.Width, m.Height)
			}
			before := storedVector(t, s, "c1", id)
			if err := s.store.KeepVectors(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			s.versions.Mend(t.Context())
			after, err := s.store.Vector(encodersOf(t, s, "c1"), 0, storage.FrameID(id))
			if err != nil || cosine(before, after) < 0.99999 {
				t.Errorf("embedded again: %v", err)
			}
		})
	}
}

// A live source's frames are kept as thumbnails, and asking with one finds it.
func TestLiveFrames(t *testing.T) {
	s := open(t, smallConfig(t))
	if err := s.Ingest(config.SourcesOf("synthetic:conveyor?fps=0&count=12&seed=3")); err != nil {
		t.Fatal(err)
	}
	wait(t, "all frames", func() bool {
		c := s.store.Counters()
		return c.Stored+c.Dropped == 12
	})
	var ids []storage.FrameID
	err := s.store.Frames(t.Context(), 0, func(f storage.Frame) error { ids = append(ids, f.ID); return nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		data, err := s.store.FrameData(id)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := s.store.Frame(id); err != nil || f.Kept != storage.KeptThumbnail || f.Format != "raw" {
			t.Errorf("frame %+v, %v", f, err)
		}
		findsItself(t, s.Client(), data, uint64(id), "")
	}
}

// A file above 8 MiB is encoded again. It is made smaller when that is not enough.
func TestKeepLargeFiles(t *testing.T) {
	const wholeBytes = 8 << 20
	s := open(t, smallConfig(t))
	data := append(bytes.Clone(scene(t, 1)), make([]byte, wholeBytes)...) // the picture, then zeros
	answer, err := s.Client().Embed(t.Context(), []client.Picture{{Path: "/large.jpg", Data: data}})
	if err != nil || answer.Frames[0].Reason != "" {
		t.Fatalf("%+v, %v", answer, err)
	}
	f, err := s.store.Frame(storage.FrameID(answer.Frames[0].ID))
	if err != nil || f.Kept != storage.KeptFull || f.KeptBytes > wholeBytes || f.KeptBytes == 0 {
		t.Errorf("%+v, %v", f, err)
	}
	findsItself(t, s.Client(), data, answer.Frames[0].ID, "")
}
