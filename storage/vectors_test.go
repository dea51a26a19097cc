package storage

import (
	"math"
	"slices"
	"testing"

	"edgeclr/storage/record"
)

func TestVectors(t *testing.T) {
	s := openNew(t)
	c1, c2 := putCheckpoint(t, s, 1), putCheckpoint(t, s, 2)
	n := pageRows + 7
	ids := addSamples(t, s, c1, n, 10)
	err := s.PutVectors(t.Context(), by(c2)[0], []Vector{{5, floats(50, 8)}, {3, floats(30, 8)}, {9999, floats(1, 8)}})
	if err != nil {
		t.Fatal(err)
	}
	// Putting again replaces and does not count twice.
	if err := s.PutVectors(t.Context(), by(c2)[0], []Vector{{5, floats(51, 8)}}); err != nil {
		t.Fatal(err)
	}
	if a, b := countVectors(t, s, c1), countVectors(t, s, c2); a != n || b != 2 {
		t.Errorf("counts %d and %d, want %d and 2", a, b, n)
	}
	var got []FrameID
	err = s.Vectors(t.Context(), by(c1), 0, func(id FrameID, v []float32) error {
		if !equalFloats(v, floats(uint64(id), 8)) {
			t.Errorf("vector of frame %d differs", id)
		}
		got = append(got, id)
		return nil
	})
	if err != nil || !slices.Equal(got, ids) {
		t.Errorf("%d vectors, %v", len(got), err)
	}
	got = nil
	err = s.Vectors(t.Context(), by(c2), 0, func(id FrameID, v []float32) error { got = append(got, id); return nil })
	if err != nil || !slices.Equal(got, []FrameID{3, 5}) {
		t.Errorf("vectors %v, %v", got, err)
	}
	if v, err := s.Vector(by(c2), 0, 5); err != nil || !equalFloats(v, floats(51, 8)) {
		t.Errorf("vector %v, %v", v, err)
	}
	_, err = s.Vector(by(c2), 0, 6)
	wantErr(t, err, ErrNotFound)

	if err := s.KeepVectors(t.Context(), by(c2)); err != nil {
		t.Fatal(err)
	}
	if a, b := countVectors(t, s, c1), countVectors(t, s, c2); a != 0 || b != 2 {
		t.Errorf("counts %d and %d after deleting, want 0 and 2", a, b)
	}
	before := s.BytesWritten()
	if err := s.KeepVectors(t.Context(), by(c2)); err != nil || s.BytesWritten() != before {
		t.Errorf("deleting nothing: %v, wrote %d bytes", err, s.BytesWritten()-before)
	}
}

func TestPutVectorsRefuses(t *testing.T) {
	s := openNew(t)
	cp := putCheckpoint(t, s, 1)
	addSamples(t, s, "", 2, 10)
	for _, tt := range []struct {
		name string
		e    Encoder
		v    []float32
		want error
	}{
		{"no encoder", Encoder{}, floats(1, 8), ErrInvalid},
		{"an encoder of too many values", Encoder{Dim: MaxVector + 1}, floats(1, MaxVector+1), ErrInvalid},
		{"another length", by(cp)[0], floats(1, 7), ErrInvalid},
		{"NaN", by(cp)[0], nan(8), ErrInvalid},
		{"nothing", by(cp)[0], nil, ErrInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantErr(t, s.PutVectors(t.Context(), tt.e, []Vector{{1, floats(1, 8)}, {2, tt.v}}), tt.want)
			if n := countVectors(t, s, cp); n != 0 {
				t.Errorf("%d vectors after a refusal", n)
			}
		})
	}
}

func TestMissingVectors(t *testing.T) {
	s := openNew(t)
	cp := putCheckpoint(t, s, 1)
	n := pageKeys + 10
	var fs []NewFrame
	for i := range n {
		f := sample(uint64(i), 1)
		if i%2 == 0 { // frames 1, 3, 5 ... are not kept
			f = NewFrame{Frame: Frame{Path: "x"}}
		}
		if i == n-1 {
			f.Vectors = [][]float32{floats(1, 8)} // the newest has one
		}
		fs = append(fs, f)
	}
	if _, err := s.AddFrames(t.Context(), by(cp), fs); err != nil {
		t.Fatal(err)
	}
	var want []FrameID
	for id := FrameID(n - 2); id >= 2; id -= 2 {
		want = append(want, id)
	}
	for _, limit := range []int{0, 1, 3, len(want), n} {
		got, err := missingFrames(t, s, by(cp), limit)
		w := want
		if limit > 0 {
			w = want[:min(limit, len(want))]
		}
		if err != nil || !slices.Equal(got, w) {
			t.Errorf("limit %d: %d frames, %v; want %d", limit, len(got), err, len(w))
		}
	}
}

func TestDamagedVector(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	cp := putCheckpoint(t, s, 100)
	addSamples(t, s, cp, 3, 10)
	closeStore(t, s)
	flipPayload(t, dir, record.AppendFloats(nil, floats(2, 8)))
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Vector(by(cp), 0, 2)
	wantErr(t, err, ErrCorrupt)
	var got []FrameID
	err = s.Vectors(t.Context(), by(cp), 0, func(id FrameID, _ []float32) error { got = append(got, id); return nil })
	wantErr(t, err, ErrCorrupt)
	if !slices.Equal(got, []FrameID{1, 3}) {
		t.Errorf("vectors %v", got)
	}
	// Embedding again repairs it.
	if n, err := s.DropDamagedVectors(t.Context(), by(cp)); err != nil || n != 1 {
		t.Errorf("dropped %d, %v; want 1", n, err)
	}
	if ids, err := missingFrames(t, s, by(cp), 0); err != nil || !slices.Equal(ids, []FrameID{2}) {
		t.Errorf("missing %v, %v", ids, err)
	}
	if n, err := s.DropDamagedVectors(t.Context(), by(cp)); err != nil || n != 0 {
		t.Errorf("dropped %d more, %v", n, err)
	}
	if err := s.PutVectors(t.Context(), by(cp)[0], []Vector{{2, floats(2, 8)}}); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Check(t.Context()); err != nil || !r.OK() {
		t.Errorf("check %+v, %v", r, err)
	}
}

// A share changes no stored vector. Without one, and with 1/2, the bits are those of
// before shares, from rows of old and new releases.
func TestShares(t *testing.T) {
	s := joinedStore(t, 2, frames(1, 1), frames(1, 1))
	if err := s.PutVectors(t.Context(), by("c1")[0], []Vector{{2, rootVector(2)}}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutVectors(t.Context(), by("c2")[0], []Vector{{2, adaptedVector(2)}}); err != nil {
		t.Fatal(err)
	}
	at := func(share float64, id FrameID) []float32 {
		t.Helper()
		v, err := s.Vector(join("c2"), share, id)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Vectors(t.Context(), join("c2"), share, func(other FrameID, row []float32) error {
			if other == id && !equalFloats(row, v) {
				t.Errorf("share %v, frame %d: the walk gives another vector", share, id)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, id := range frames(1, 2) {
		before := slices.Concat(rootVector(id), adaptedVector(id))
		for i := range before {
			before[i] *= float32(math.Sqrt(1.0 / 2))
		}
		for _, share := range []float64{0, EvenShare} {
			if !equalFloats(at(share, id), before) || !equalFloats(Join(rootVector(id), adaptedVector(id), share), before) {
				t.Errorf("share %v, frame %d: not the bits of before", share, id)
			}
		}
	}
	written := s.BytesWritten()
	for _, share := range []float64{0.25, 0.5, 0.75, 0.999} {
		want := (1-share)*cosine(rootVector(1), rootVector(2)) + share*cosine(adaptedVector(1), adaptedVector(2))
		if got := cosine(at(share, 1), at(share, 2)); math.Abs(got-want) > 1e-6 {
			t.Errorf("share %v: cosine %v, want %v", share, got, want)
		}
		for _, id := range frames(1, 2) {
			sum := 0.0
			for _, x := range at(share, id) {
				sum += float64(x) * float64(x)
			}
			if c := cosine(at(share, id), Join(rootVector(id), adaptedVector(id), share)); math.Abs(sum-1) > 1e-6 || c < 1-1e-6 {
				t.Errorf("share %v, frame %d: squared length %v, cosine %v to the join of the halves", share, id, sum, c)
			}
		}
	}
	if s.BytesWritten() != written {
		t.Error("reading with another share writes")
	}
	if v, err := s.Vector(by("c2"), 0.75, 2); err != nil || !equalFloats(v, adaptedVector(2)) {
		t.Errorf("one encoder with a share: %v, %v", v, err)
	}
	_, err := s.Vector(append(join("c2"), by("c3")...), 0.75, 2)
	wantErr(t, err, ErrInvalid)
}

func TestCheckpointShares(t *testing.T) {
	s := openNew(t)
	for _, share := range []float64{1, -0.1, math.NaN(), math.Inf(1)} {
		_, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointTrained, Size: 96, Dim: 8, Share: share}, tensors(1, 10))
		wantErr(t, err, ErrInvalid)
	}
	id, err := s.PutCheckpoint(t.Context(), Checkpoint{Kind: CheckpointTrained, Size: 96, Dim: 8, Share: 0.7}, tensors(1, 10))
	if err != nil {
		t.Fatal(err)
	}
	if cp, err := s.Checkpoint(id); err != nil || cp.Share != 0.7 {
		t.Errorf("%+v, %v", cp, err)
	}
}
