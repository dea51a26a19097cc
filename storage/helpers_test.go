package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"edgeclr/internal/tensor"
)

// clock is a clock that a test sets.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) time() time.Time         { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

// open opens the store in dir. At the end of the test it verifies all of it.
func open(t *testing.T, dir string, opt Options) *Store {
	t.Helper()
	opt.NoSync = true
	s, err := Open(t.Context(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer s.Close()
		if r, err := s.Check(context.Background()); errors.Is(err, ErrClosed) {
			return
		} else if err != nil || !r.OK() {
			t.Errorf("check at the end: %+v, %v", r, err)
		}
	})
	return s
}

func openNew(t *testing.T) *Store {
	t.Helper()
	return open(t, t.TempDir(), Options{Now: newClock().time})
}

func closeStore(t *testing.T, s *Store) {
	t.Helper()
	r, err := s.Check(t.Context())
	if err != nil || !r.OK() {
		t.Fatalf("check before close: %+v, %v", r, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// noise returns n bytes that depend on seed alone.
func noise(seed uint64, n int) []byte {
	b := make([]byte, n)
	rng := rand.New(rand.NewPCG(seed, 1))
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func floats(seed uint64, n int) []float32 {
	v := make([]float32, n)
	rng := rand.New(rand.NewPCG(seed, 2))
	for i := range v {
		v[i] = rng.Float32()*2 - 1
	}
	return v
}

// sample returns a frame with n bytes of picture that depend on seed alone.
func sample(seed uint64, n int) NewFrame {
	data := noise(seed, n)
	return NewFrame{
		Frame: Frame{
			Source: "dir:/belt", Path: fmt.Sprintf("/belt/%04d.jpg", seed), Format: "jpeg",
			Time: time.Date(2026, 2, 3, 4, 5, 6, 789, time.UTC), Width: 640, Height: 480,
			SHA256: sha256.Sum256(data), Kept: KeptThumbnail,
		},
		Data: data,
	}
}

func addSamples(t *testing.T, s *Store, cp CheckpointID, n, size int) []FrameID {
	t.Helper()
	var fs []NewFrame
	for i := range n {
		f := sample(uint64(i+1), size)
		if cp != "" {
			f.Vectors = [][]float32{floats(uint64(i+1), 8)}
		}
		fs = append(fs, f)
	}
	ids, err := s.AddFrames(t.Context(), by(cp), fs)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// frameIDs returns the numbers of all frames, in order.
func frameIDs(t *testing.T, s *Store) (ids []FrameID) {
	t.Helper()
	err := s.Frames(t.Context(), 0, func(f Frame) error {
		ids = append(ids, f.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// keptFrames returns the undamaged frames whose picture is kept.
func keptFrames(t *testing.T, s *Store) (ids []FrameID) {
	t.Helper()
	err := s.Frames(t.Context(), 0, func(f Frame) error {
		if f.Kept != KeptNone {
			ids = append(ids, f.ID)
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrCorrupt) {
		t.Fatal(err)
	}
	return ids
}

func tensors(seed uint64, sizes ...int) []tensor.Tensor {
	var ts []tensor.Tensor
	for i, n := range sizes {
		ts = append(ts, tensor.Tensor{Name: fmt.Sprintf("layer%d.weight", i), Shape: []int{n}, Data: floats(seed+uint64(i), n)})
	}
	return ts
}

// putCheckpoint stores a trained checkpoint with vectors of 8 values.
func putCheckpoint(t *testing.T, s *Store, seed uint64) CheckpointID {
	t.Helper()
	id, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointTrained, Arch: "resnet18", Size: 96, Dim: 8}, tensors(seed, 100, 40_000))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// by returns the encoder of a checkpoint with vectors of 8 values; none for "".
func by(cp CheckpointID) []Encoder {
	if cp == "" {
		return nil
	}
	return []Encoder{{Weights: string(cp), Size: 96, Precision: PrecisionFloat, Accelerator: AcceleratorCPU, Dim: 8}}
}

func countVectors(t *testing.T, s *Store, cp CheckpointID) int {
	t.Helper()
	n, err := s.CountVectors(by(cp))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// missingFrames returns the frames that MissingVectors names.
func missingFrames(t *testing.T, s *Store, encoders []Encoder, limit int) (ids []FrameID, err error) {
	t.Helper()
	missing, err := s.MissingVectors(t.Context(), encoders, limit)
	for _, m := range missing {
		ids = append(ids, m.ID)
	}
	return ids, err
}

func equalTensors(a, b []tensor.Tensor) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || fmt.Sprint(a[i].Shape) != fmt.Sprint(b[i].Shape) || !equalFloats(a[i].Data, b[i].Data) {
			return false
		}
	}
	return true
}

// equalFloats compares bits, so that NaN equals itself.
func equalFloats(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// flip changes one bit of the database file.
func flip(t *testing.T, path string, at int64, bit uint) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1 << (bit % 8)
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

// flipPayload flips a bit in the middle of content, wherever it is in the file.
func flipPayload(t *testing.T, dir string, content []byte) {
	t.Helper()
	path := filepath.Join(dir, fileDB)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	// A free page can hold an older copy: flip all of them.
	for from := 0; ; {
		i := bytes.Index(file[from:], content)
		if i < 0 {
			break
		}
		flip(t, path, int64(from+i+len(content)/2), 3)
		found++
		from += i + 1
	}
	if found == 0 {
		t.Fatal("the content is not in the file")
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}
