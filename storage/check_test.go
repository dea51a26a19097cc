package storage

import (
	"strings"
	"testing"
)

// Check finds what cannot be read and what does not fit together.
func TestCheckFindsWhatDoesNotFit(t *testing.T) {
	nonsense := []byte("nonsense")
	for _, tt := range []struct {
		name  string
		spoil func(t txn) error
		want  string // part of a problem
	}{
		{"picture to learn from: no frame", func(t txn) error { return t.del(bucketFrames, frameKey(1)) }, "replay 1: its frame is missing"},
		{"picture to learn from: no record", func(t txn) error { return t.del(bucketReplay, frameKey(1)) }, "replaydata 1/0: its record is missing"},
		{"picture to learn from: no bytes", func(t txn) error { return t.del(bucketReplayData, pictureKey(1, 0)) }, "replay 1: 0 of 100 bytes"},
		{"picture to learn from: nonsense", func(t txn) error { return t.put(bucketReplay, frameKey(1), nonsense) }, "replay 1: the record cannot be read"},
		{"picture to learn from: short key", func(t txn) error { return t.put(bucketReplay, []byte("k"), []byte("x")) }, "replay 6b: key of 1 bytes"},
		{"sightings: no frame", func(t txn) error { return t.del(bucketFrames, frameKey(1)) }, "sightings 1: its frame is missing"},
		{"sightings: nonsense", func(t txn) error { return t.put(bucketSightings, frameKey(2), nonsense) }, "sightings 2: the record cannot be read"},
		{"sightings: short key", func(t txn) error { return t.put(bucketSightings, []byte("k"), []byte("x")) }, "sightings 6b: key of 1 bytes"},
		{"frame: nonsense", func(t txn) error { return t.put(bucketFrames, frameKey(2), nonsense) }, "frames 2: the record cannot be read"},
		{"picture: no frame", func(t txn) error { return t.del(bucketFrames, frameKey(1)) }, "data 1/0: its frame is missing"},
		{"picture: no bytes", func(t txn) error { return t.del(bucketData, pictureKey(1, 0)) }, "frames 1: 0 of 1000 bytes"},
		{"label: no frame", func(t txn) error { return t.put(bucketLabels, frameKey(9), []byte("x")) }, "labels 9: its frame is missing"},
		{"file: nonsense", func(t txn) error { return t.put(bucketFiles, fileKey("a", "b"), nonsense) }, `files "a\x00b": the record cannot be read`},
		{"event: nonsense", func(t txn) error { return t.put(bucketEvents, key64(9), nonsense) }, "events 9: the record cannot be read"},
		{"vector: no frame", func(t txn) error { return t.del(bucketFrames, frameKey(1)) }, "vectors c1/1: its frame is missing"},
		{"vector: no checkpoint", func(t txn) error { return t.del(bucketCheckpoints, checkpointKey(1)) }, "vectors c1/1: its checkpoint is missing"},
		{"vector: another length", func(t txn) error { return t.put(bucketVectors, vectorKey(1, 1), make([]byte, 12)) }, "vectors c1/1: 12 bytes, checkpoint c1 has vectors of 8 values"},
		{"checkpoint: no tensors", func(t txn) error { return t.del(bucketManifests, checkpointManifestKey(1)) }, "checkpoints 1: its list of tensors is missing"},
		{"tensors: no checkpoint", func(t txn) error { return t.del(bucketCheckpoints, checkpointKey(1)) }, "its checkpoint is missing"},
		{"tensors: no chunk", func(t txn) error { return t.del(bucketChunks, key64(1)) }, "chunks 1: missing"},
		{"saved state: no tensors", func(t txn) error { return t.del(bucketManifests, stateManifestKey("l")) }, `resume "l": its list of tensors is missing`},
		{"counts", func(t txn) error { t.st.Frames++; return nil }, "counts 3 frames, 2 vectors and 2 pictures to learn from, the store has 2, 2 and 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Open(t.Context(), t.TempDir(), Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			cp := putCheckpoint(t, s, 1)
			a, b := learnable(1, 100), learnable(2, 100)
			a.Vector, b.Vector = floats(1, 8), floats(2, 8)
			if _, err := s.AddFrames(t.Context(), cp, []NewFrame{a, b}); err != nil {
				t.Fatal(err)
			}
			if err := s.SaveState(t.Context(), "l", 1, tensors(5, 10)); err != nil {
				t.Fatal(err)
			}
			sight(t, s, 1, 1)
			if err := s.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if r, err := s.Check(t.Context()); err != nil || !r.OK() {
				t.Fatalf("%+v, %v", r, err)
			}
			if err := s.update(t.Context(), "test", tt.spoil); err != nil {
				t.Fatal(err)
			}
			if r, err := s.Check(t.Context()); err != nil || r.OK() || !strings.Contains(strings.Join(r.Examples, "\n"), tt.want) {
				t.Errorf("%+v, %v; want %q", r, err, tt.want)
			}
		})
	}
}
