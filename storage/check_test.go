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
		{"vector: no frame", func(t txn) error { return t.del(bucketFrames, frameKey(1)) }, "embeddings e1/1: its frame is missing"},
		{"vector: no encoder", func(t txn) error { return t.del(bucketEncoders, key32(1)) }, "embeddings e1/1: its encoder is missing"},
		{"vector: another length", func(t txn) error { return t.put(bucketEmbeddings, vectorKey(1, 1), make([]byte, 12)) }, "embeddings e1/1: 12 bytes, encoder c1 (96 px, float on cpu, 8 values)"},
		{"encoder: nonsense", func(t txn) error { return t.put(bucketEncoders, key32(2), nonsense) }, "encoders 2: invalid character"},
		{"encoder: no values", func(t txn) error { return t.put(bucketEncoders, key32(2), []byte("{}")) }, "encoders 2: vectors of 0 values"},
		{"old vector: no frame", func(t txn) error { return t.del(bucketFrames, frameKey(1)) }, "vectors c1/1: its frame is missing"},
		{"old vector: no checkpoint", func(t txn) error { return t.del(bucketCheckpoints, checkpointKey(1)) }, "vectors c1/1: its checkpoint is missing"},
		{"old vector: another length", func(t txn) error { return t.put(bucketVectors, vectorKey(1, 1), make([]byte, 12)) }, "vectors c1/1: 12 bytes, checkpoint c1 has vectors of 8 values"},
		{"link: nonsense", func(t txn) error { return t.put(bucketLinks, key32(1), nonsense) }, "links 1: the record cannot be read"},
		{"link: no encoder", func(t txn) error { return t.put(bucketLinks, key32(1), []byte("[7]")) }, "links 1: encoder 7 is missing"},
		{"checkpoint: no tensors", func(t txn) error { return t.del(bucketManifests, checkpointManifestKey(1)) }, "checkpoints 1: its list of tensors is missing"},
		{"tensors: no checkpoint", func(t txn) error { return t.del(bucketCheckpoints, checkpointKey(1)) }, "its checkpoint is missing"},
		{"tensors: no chunk", func(t txn) error { return t.del(bucketChunks, key64(1)) }, "chunks 1: missing"},
		{"saved state: no tensors", func(t txn) error { return t.del(bucketManifests, stateManifestKey("l")) }, `resume "l": its list of tensors is missing`},
		{"counts", func(t txn) error { t.st.Frames++; return nil }, "counts 3 frames, 3 vectors and 2 pictures to learn from, the store has 2, 3 and 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Open(t.Context(), t.TempDir(), Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			cp := putCheckpoint(t, s, 1)
			a, b := learnable(1, 100), learnable(2, 100)
			a.Vectors, b.Vectors = [][]float32{floats(1, 8)}, [][]float32{floats(2, 8)}
			if _, err := s.AddFrames(t.Context(), by(cp), []NewFrame{a, b}); err != nil {
				t.Fatal(err)
			}
			putOldVector(t, s, 1, 1, floats(3, 8))
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
