package storage

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden store of this release")

// goldenRelease is the release whose store -update writes. A release that
// changes the format adds a file and keeps the old ones.
const goldenRelease = "testdata/stores/v0.4.0.db.gz"

// Stores of releases that lack a part of the present schema.
const (
	withoutReplay    = "testdata/stores/v0.1.0.db.gz" // no pictures to learn from either
	withoutSightings = "testdata/stores/v0.2.0.db.gz"
	withoutEncoders  = "testdata/stores/v0.3.0.db.gz" // vectors by checkpoint, as in those before
)

// fillGolden stores a little of everything.
func fillGolden(t *testing.T, s *Store) {
	t.Helper()
	pre, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointPretrained, Arch: "resnet18", Size: 96, Dim: 8}, tensors(1, 10, 200))
	if err != nil {
		t.Fatal(err)
	}
	cp := putCheckpointSmall(t, s)
	for _, id := range []CheckpointID{pre, cp} {
		if err := s.SetServing(t.Context(), id, "golden", by(id)...); err != nil {
			t.Fatal(err)
		}
	}
	f := sample(1, 3000)
	f.Vectors, f.Label, f.File = [][]float32{floats(1, 8)}, "bolt", &FileState{Path: f.Path, Size: 3000, ModTime: time.Unix(1e9, 5)}
	if _, err := s.AddFrames(t.Context(), by(cp), []NewFrame{f, {
		Frame:  Frame{Source: "synthetic:conveyor", Time: time.Unix(1e9, 7)},
		Replay: &ReplayPicture{Live: true, JPEG: noise(2, 6000)},
	}}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := s.AddSighting(2, time.Unix(1e9, 8+int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddFailure(t.Context(), "dir:/belt", &FileState{Path: "/belt/x.jpg"}, "empty", time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveState(t.Context(), "learner", learner{5, 6}, tensors(7, 50)); err != nil {
		t.Fatal(err)
	}
	s.AddCount(Gated, 2)
}

func putCheckpointSmall(t *testing.T, s *Store) CheckpointID {
	t.Helper()
	id, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointTrained, Arch: "resnet18", Size: 96, Dim: 8, Parent: "c1", Loss: 2.5}, tensors(3, 10, 200))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// The store of every release opens and has what was stored.
func TestGoldenStores(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	files, err := filepath.Glob("testdata/stores/*.db.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden stores: %v; go test ./storage -run Golden -update makes one", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dir := t.TempDir()
			unpack(t, file, filepath.Join(dir, fileDB))
			verifyReplay(t, dir, file != withoutReplay)
			verifySightings(t, dir, file != withoutReplay && file != withoutSightings)
			s := open(t, dir, Options{})
			f, err := s.Frame(1)
			if err != nil || f.Label != "bolt" || f.Path != "/belt/0001.jpg" || f.SHA256 != sample(1, 3000).SHA256 {
				t.Errorf("frame %+v, %v", f, err)
			}
			if data, err := s.FrameData(1); err != nil || !bytes.Equal(data, noise(1, 3000)) {
				t.Errorf("picture: %v", err)
			}
			if file <= withoutEncoders {
				linkGolden(t, s)
			}
			if list, err := s.Encoders("c2"); err != nil || !slices.Equal(list, by("c2")) {
				t.Errorf("encoders %v, %v", list, err)
			}
			if v, err := s.Vector(by("c2"), 0, 1); err != nil || !equalFloats(v, floats(1, 8)) {
				t.Errorf("vector: %v", err)
			}
			if ts, err := s.Tensors(t.Context(), "c1"); err != nil || !equalTensors(ts, tensors(1, 10, 200)) {
				t.Errorf("tensors: %v", err)
			}
			var l learner
			if ts, err := s.LoadState(t.Context(), "learner", &l); err != nil || l != (learner{5, 6}) || !equalTensors(ts, tensors(7, 50)) {
				t.Errorf("resume %+v: %v", l, err)
			}
			if seen, err := s.Seen("dir:/belt", "/belt/0001.jpg", 3000, time.Unix(1e9, 5)); err != nil || !seen {
				t.Errorf("seen %v, %v", seen, err)
			}
			if c := s.Counters(); c.Seen != 5 || c.Stored != 2 || c.Gated != 2 || c.Failed != 1 || c.Reasons["empty"] != 1 {
				t.Errorf("counters %+v", c)
			}
			if id, err := s.Rollback(t.Context()); err != nil || id != "c1" {
				t.Errorf("rolled back to %q, %v", id, err)
			}
		})
	}
}

// linkGolden says who computed the vectors of a store of an older release.
func linkGolden(t *testing.T, s *Store) {
	t.Helper()
	if v, err := s.Vector(by("c2"), 0, 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("an old vector without a link: %v, %v", v, err)
	}
	if list, err := s.UnlinkedVectors(); err != nil || !slices.Equal(list, []CheckpointID{"c2"}) {
		t.Errorf("unlinked %v, %v", list, err)
	}
	if err := s.LinkVectors(t.Context(), "c2", by("c2")); err != nil {
		t.Fatal(err)
	}
}

// verifyReplay expects the pictures to learn from in a store that is only read.
func verifyReplay(t *testing.T, dir string, has bool) {
	t.Helper()
	s := open(t, dir, Options{ReadOnly: true})
	var list []ReplayEntry
	err := s.Replay(t.Context(), func(e ReplayEntry) error {
		list = append(list, e)
		return nil
	})
	if has {
		want := ReplayEntry{ID: 2, Source: "synthetic:conveyor", Time: time.Unix(1e9, 7).UTC(), Live: true}
		if err != nil || len(list) != 1 || list[0] != want || s.CountReplay() != 1 {
			t.Errorf("replay %+v, %v", list, err)
		}
		if data, err := s.ReplayPicture(2); err != nil || !bytes.Equal(data, noise(2, 6000)) {
			t.Errorf("picture to learn from: %v", err)
		}
	} else {
		if err != nil || list != nil || s.CountReplay() != 0 {
			t.Errorf("replay %+v, %v", list, err)
		}
		_, err := s.ReplayPicture(2)
		wantErr(t, err, ErrNotFound)
	}
	closeStore(t, s)
}

// verifySightings expects the sightings in a store that is only read.
func verifySightings(t *testing.T, dir string, has bool) {
	t.Helper()
	s := open(t, dir, Options{ReadOnly: true})
	want := map[FrameID]Sightings{}
	if has {
		want[2] = Sightings{Count: 3, First: time.Unix(1e9, 8).UTC(), Last: time.Unix(1e9, 10).UTC()}
	}
	if got, err := s.Sightings(1, 2); err != nil || !maps.Equal(got, want) {
		t.Errorf("sightings %+v, %v, want %+v", got, err, want)
	}
	closeStore(t, s)
}

// The first write upgrades an older store to this release.
func TestOlderStoreIsMigrated(t *testing.T) {
	for _, release := range []string{withoutReplay, withoutSightings} {
		t.Run(filepath.Base(release), func(t *testing.T) {
			dir := t.TempDir()
			unpack(t, release, filepath.Join(dir, fileDB))
			s := open(t, dir, Options{})
			s.DropReplay(1) // nothing is there
			at := time.Unix(2e9, 0).UTC()
			if err := s.AddSighting(1, at); err != nil {
				t.Error(err)
			}
			if s.hasSightings() {
				t.Error("opening changed the store")
			}
			wantSightings(t, s, map[FrameID]Sightings{1: {1, at, at}})
			f := sample(9, 100)
			f.Replay = &ReplayPicture{JPEG: noise(9, 100)}
			ids, err := s.AddFrames(t.Context(), nil, []NewFrame{f})
			if err != nil {
				t.Fatal(err)
			}
			closeStore(t, s)
			if _, _, err := Compact(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir, Options{})
			if data, err := s.ReplayPicture(ids[0]); err != nil || !bytes.Equal(data, f.Replay.JPEG) || !s.hasSightings() {
				t.Errorf("picture to learn from: %v", err)
			}
			wantSightings(t, s, map[FrameID]Sightings{1: {1, at, at}})
			if _, err := s.FrameData(1); err != nil {
				t.Errorf("what was there before: %v", err)
			}
		})
	}
}

// Compact does not change the schema of an older store.
func TestOlderStoreIsCompacted(t *testing.T) {
	dir := t.TempDir()
	unpack(t, withoutReplay, filepath.Join(dir, fileDB))
	if _, _, err := Compact(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, Options{ReadOnly: true})
	if s.hasReplay() || s.CountFrames() != 2 {
		t.Errorf("%d frames, replay %v", s.CountFrames(), s.hasReplay())
	}
}

func writeGolden(t *testing.T) {
	t.Helper()
	s := openNew(t)
	fillGolden(t, s)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := s.Backup(t.Context(), z); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(goldenRelease), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldenRelease, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
