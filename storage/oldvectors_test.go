package storage

import (
	"math"
	"slices"
	"testing"

	"edgeclr/storage/record"
)

// putOldVector stores a row as releases before schema 4 did.
func putOldVector(t *testing.T, s *Store, cp uint32, id FrameID, values []float32) {
	t.Helper()
	err := s.update(t.Context(), "test", func(t txn) error {
		t.st.addRows(bucketVectors, cp, 1)
		return t.put(bucketVectors, vectorKey(cp, id), record.AppendFloats(nil, values))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unit returns a vector of length 1.
func unit(seed uint64, n int) []float32 {
	v := floats(seed, n)
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+float64(a[i])*float64(b[i]), aa+float64(a[i])*float64(a[i]), bb+float64(b[i])*float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

// joinedStore returns a store of an older release in which root c1 and the joined
// checkpoints c2 and c3 have vectors. Frame i has vectors of c1 when i is in whole, and
// of c2 when it is in joined. All rows are linked.
func joinedStore(t *testing.T, frames int, whole, joined []FrameID) *Store {
	t.Helper()
	s := openNew(t)
	for _, c := range []Checkpoint{
		{Kind: CheckpointPretrained, Size: 96, Dim: 8},
		{Kind: CheckpointTrained, Size: 96, Dim: 16, Root: "c1", Blend: "join"},
		{Kind: CheckpointTrained, Size: 96, Dim: 16, Root: "c1", Blend: "join"},
	} {
		if _, err := s.PutCheckpoint(t.Context(), c, tensors(1, 10)); err != nil {
			t.Fatal(err)
		}
	}
	addSamples(t, s, "", frames, 10)
	for _, id := range whole {
		putOldVector(t, s, 1, id, rootVector(id))
	}
	for _, id := range joined {
		putOldVector(t, s, 2, id, Join(rootVector(id), adaptedVector(id), 0))
	}
	if err := s.LinkVectors(t.Context(), "c1", by("c1")); err != nil {
		t.Fatal(err)
	}
	if err := s.LinkVectors(t.Context(), "c2", join("c2")); err != nil {
		t.Fatal(err)
	}
	return s
}

func rootVector(id FrameID) []float32    { return unit(uint64(id), 8) }
func adaptedVector(id FrameID) []float32 { return unit(1000+uint64(id), 8) }

// join returns the encoders of a checkpoint that joins with c1.
func join(cp CheckpointID) []Encoder { return append(by("c1"), by(cp)...) }

func frames(from, to FrameID) (ids []FrameID) {
	for id := from; id <= to; id++ {
		ids = append(ids, id)
	}
	return ids
}

// wantVectors expects vectors of exactly these frames.
func wantVectors(t *testing.T, s *Store, encoders []Encoder, ids []FrameID, want func(FrameID) []float32) {
	t.Helper()
	var got []FrameID
	err := s.Vectors(t.Context(), encoders, 0, func(id FrameID, v []float32) error {
		got = append(got, id)
		if c := cosine(v, want(id)); len(v) != len(want(id)) || c < 1-1e-6 {
			t.Errorf("frame %d: %d values, cosine %v", id, len(v), c)
		}
		if one, err := s.Vector(encoders, 0, id); err != nil || !equalFloats(one, v) {
			t.Errorf("frame %d alone: %v", id, err)
		}
		return nil
	})
	if err != nil || !slices.Equal(got, ids) {
		t.Errorf("vectors of %v, %v; want %v", got, err, ids)
	}
	if n, err := s.CountVectors(encoders); err != nil || n != len(ids) {
		t.Errorf("%d counted, %v; want %d", n, err, len(ids))
	}
}

func TestOldRowsAreSplit(t *testing.T) {
	n := FrameID(pageRows + 30)
	s := joinedStore(t, int(n), frames(1, 20), frames(11, n))
	whole := func(id FrameID) []float32 { return Join(rootVector(id), adaptedVector(id), 0) }
	wantVectors(t, s, by("c1"), frames(1, n), rootVector)
	wantVectors(t, s, by("c2"), frames(11, n), adaptedVector)
	wantVectors(t, s, join("c2"), frames(11, n), whole)
	wantVectors(t, s, join("c3"), nil, nil)

	// A row keeps its bits when it is read as it was written.
	if v, err := s.Vector(join("c2"), 0, 15); err != nil || !equalFloats(v, whole(15)) {
		t.Errorf("a joined row: %v", err)
	}
	if v, err := s.Vector(by("c1"), 0, 15); err != nil || !equalFloats(v, rootVector(15)) {
		t.Errorf("a whole row beside a joined one: %v", err)
	}
	wantMissing(t, s, by("c1"), nil)
	wantMissing(t, s, join("c2"), frames(1, 10))
	missing, err := s.MissingVectors(t.Context(), join("c3"), 0)
	if err != nil || len(missing) != int(n) || missing[0].ID != n {
		t.Errorf("%d missing, %v", len(missing), err)
	}
	for _, m := range missing {
		if m.Lacks(0) || !m.Lacks(1) {
			t.Errorf("frame %d lacks the pretrained half: %v, and the adapted one: %v", m.ID, m.Lacks(0), m.Lacks(1))
		}
	}
	// New rows beside old ones.
	for _, id := range frames(1, 10) {
		if err := s.PutVectors(t.Context(), by("c2")[0], []Vector{{id, adaptedVector(id)}}); err != nil {
			t.Fatal(err)
		}
	}
	f := sample(9999, 10)
	f.Vectors = [][]float32{rootVector(n + 1), adaptedVector(n + 1)}
	if _, err := s.AddFrames(t.Context(), join("c2"), []NewFrame{f}); err != nil {
		t.Fatal(err)
	}
	wantMissing(t, s, join("c2"), nil)
	wantVectors(t, s, join("c2"), frames(1, n+1), whole)
	wantVectors(t, s, by("c1"), frames(1, n+1), rootVector)
}

func wantMissing(t *testing.T, s *Store, encoders []Encoder, want []FrameID) {
	t.Helper()
	slices.Reverse(want)
	if got, err := missingFrames(t, s, encoders, 0); err != nil || !slices.Equal(got, want) {
		t.Errorf("missing %v, %v; want %v", got, err, want)
	}
}

// Rows of an older release go when nobody needs a half of them.
func TestKeepVectorsOfOldRows(t *testing.T) {
	s := joinedStore(t, 30, frames(1, 20), frames(11, 30))
	rows := func(cp CheckpointID) (n int) {
		s.state.read(func(st *state) { n = st.Vectors[cp] })
		return n
	}
	for _, id := range frames(1, 10) {
		if err := s.PutVectors(t.Context(), by("c2")[0], []Vector{{id, adaptedVector(id)}}); err != nil {
			t.Fatal(err)
		}
	}
	// Rows of c1 are redundant where c2 has the same half.
	if err := s.KeepVectors(t.Context(), join("c2")); err != nil {
		t.Fatal(err)
	}
	if a, b := rows("c1"), rows("c2"); a != 10 || b != 20 {
		t.Errorf("%d rows of c1, %d of c2; want 10 and 20", a, b)
	}
	wantVectors(t, s, by("c1"), frames(1, 30), rootVector)
	wantVectors(t, s, join("c2"), frames(1, 30), func(id FrameID) []float32 { return Join(rootVector(id), adaptedVector(id), 0) })

	// Another checkpoint serves with the same root.
	for _, id := range frames(1, 30) {
		if err := s.PutVectors(t.Context(), by("c3")[0], []Vector{{id, unit(uint64(id)+5000, 8)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.KeepVectors(t.Context(), join("c3")); err != nil {
		t.Fatal(err)
	}
	if a, b := rows("c1"), rows("c2"); a != 10 || b != 20 {
		t.Errorf("%d rows of c1, %d of c2: the root's halves are gone", a, b)
	}
	wantVectors(t, s, by("c2"), frames(11, 30), adaptedVector) // in the rows that stay
	wantMissing(t, s, join("c3"), nil)

	// The rows outlive their checkpoint.
	if err := s.SetServing(t.Context(), "c3", "test", join("c3")...); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteCheckpoint(t.Context(), "c2"); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Check(t.Context()); err != nil || !r.OK() {
		t.Errorf("%+v, %v", r, err)
	}
	wantMissing(t, s, join("c3"), nil)
	dir := s.Dir()
	closeStore(t, s)
	if _, _, err := Compact(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, Options{})
	wantMissing(t, s, join("c3"), nil)

	// Without the root's halves, they go.
	if err := s.KeepVectors(t.Context(), by("c3")); err != nil {
		t.Fatal(err)
	}
	if a, b := rows("c1"), rows("c2"); a != 0 || b != 0 {
		t.Errorf("%d rows of c1, %d of c2 are left", a, b)
	}
	wantVectors(t, s, by("c3"), frames(1, 30), func(id FrameID) []float32 { return unit(uint64(id)+5000, 8) })
	var known map[uint32]Encoder
	var links map[uint32][]uint32
	err := s.view("test", func(t txn) (err error) { links, known, err = t.links(); return err })
	if err != nil || len(known) != 2 || len(links) != 0 { // c3 serves with both
		t.Errorf("encoders %v, links %v, %v", known, links, err)
	}
	before := s.BytesWritten()
	if err := s.KeepVectors(t.Context(), by("c3")); err != nil || s.BytesWritten() != before {
		t.Errorf("deleting nothing: %v, wrote %d bytes", err, s.BytesWritten()-before)
	}
}

// Of two old rows with the vector that is needed, the whole one stays, and its bits.
func TestWholeRowsStay(t *testing.T) {
	for range 5 {
		s := joinedStore(t, 30, frames(1, 30), frames(11, 30))
		if err := s.KeepVectors(t.Context(), by("c1")); err != nil {
			t.Fatal(err)
		}
		s.state.read(func(st *state) {
			if st.Vectors["c1"] != 30 || st.Vectors["c2"] != 0 {
				t.Errorf("rows %v, want 30 of c1", st.Vectors)
			}
		})
		wantVectors(t, s, by("c1"), frames(1, 30), rootVector)
	}
}

// Retention takes the old rows of a frame, too.
func TestOldRowsAndRetention(t *testing.T) {
	s := joinedStore(t, 30, frames(1, 30), frames(1, 30))
	live, _, err := s.Usage()
	if err != nil {
		t.Fatal(err)
	}
	if r := mustRetain(t, s, Retention{MaxBytes: live / 8, KeepNewest: 5}); r.Frames != 25 {
		t.Fatalf("%+v", r)
	}
	wantVectors(t, s, by("c1"), frames(26, 30), rootVector)
	wantVectors(t, s, by("c2"), frames(26, 30), adaptedVector)
}

// A damaged half is mended alone. A damaged old row is replaced by the halves that the
// encoders lack.
func TestDamagedHalf(t *testing.T) {
	s := joinedStore(t, 3, nil, frames(1, 2))
	spoil := func(bucket []byte, n uint32, id FrameID) {
		t.Helper()
		err := s.update(t.Context(), "test", func(t txn) error {
			b, err := t.bucket(bucket)
			if err != nil {
				return err
			}
			raw := slices.Clone(b.Get(vectorKey(n, id)))
			raw[len(raw)-1] ^= 1
			return b.Put(vectorKey(n, id), raw)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, e := range join("c2") {
		if err := s.PutVectors(t.Context(), e, []Vector{{3, [][]float32{rootVector(3), adaptedVector(3)}[i]}}); err != nil {
			t.Fatal(err)
		}
	}
	spoil(bucketEmbeddings, 2, 3) // the adapted half
	spoil(bucketVectors, 2, 2)
	_, err := s.Vector(join("c2"), 0, 3)
	wantErr(t, err, ErrCorrupt)
	var got []FrameID
	err = s.Vectors(t.Context(), join("c2"), 0, func(id FrameID, _ []float32) error { got = append(got, id); return nil })
	wantErr(t, err, ErrCorrupt)
	if !slices.Equal(got, []FrameID{1}) {
		t.Errorf("vectors of %v", got)
	}
	if n, err := s.DropDamagedVectors(t.Context(), join("c2")); err != nil || n != 2 {
		t.Errorf("dropped %d, %v; want 2", n, err)
	}
	missing, err := s.MissingVectors(t.Context(), join("c2"), 0)
	if err != nil || len(missing) != 2 || missing[0].Lacks(0) || !missing[0].Lacks(1) || !missing[1].Lacks(0) || !missing[1].Lacks(1) {
		t.Fatalf("%+v, %v", missing, err)
	}
	for _, m := range missing {
		for i, e := range join("c2") {
			if m.Lacks(i) {
				if err := s.PutVectors(t.Context(), e, []Vector{{m.ID, [][]float32{rootVector(m.ID), adaptedVector(m.ID)}[i]}}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	wantVectors(t, s, join("c2"), frames(1, 3), func(id FrameID) []float32 { return Join(rootVector(id), adaptedVector(id), 0) })
}

// Vectors of an older release are read once they are linked. A damaged link is written
// again.
func TestUnlinkedVectors(t *testing.T) {
	s := joinedStore(t, 3, frames(1, 3), frames(1, 3))
	wantUnlinked := func(want ...CheckpointID) {
		t.Helper()
		if list, err := s.UnlinkedVectors(); err != nil || !slices.Equal(list, want) {
			t.Errorf("unlinked %v, %v; want %v", list, err, want)
		}
	}
	wantUnlinked()
	putOldVector(t, s, 3, 1, Join(rootVector(1), adaptedVector(1), 0))
	wantUnlinked("c3")
	wantErr(t, s.LinkVectors(t.Context(), "c3", nil), ErrInvalid)
	wantErr(t, s.LinkVectors(t.Context(), "c3", []Encoder{{}}), ErrInvalid)
	wantErr(t, s.LinkVectors(t.Context(), "x", by("c1")), ErrNotFound)
	if err := s.LinkVectors(t.Context(), "c3", join("c3")); err != nil {
		t.Fatal(err)
	}
	wantUnlinked()

	spoil := func(bucket []byte, n uint32) {
		t.Helper()
		err := s.update(t.Context(), "test", func(t txn) error {
			b, err := t.bucket(bucket)
			if err != nil {
				return err
			}
			return b.Put(key32(n), []byte("nonsense"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	spoil(bucketLinks, 1)
	wantUnlinked("c1")
	if err := s.LinkVectors(t.Context(), "c1", by("c1")); err != nil {
		t.Fatal(err)
	}
	wantVectors(t, s, by("c1"), frames(1, 3), rootVector)

	// Of c1, all halves of a join need the encoder.
	spoil(bucketEncoders, 1)
	wantUnlinked("c1", "c2", "c3")
	for cp, encoders := range map[CheckpointID][]Encoder{"c1": by("c1"), "c2": join("c2"), "c3": join("c3")} {
		if err := s.LinkVectors(t.Context(), cp, encoders); err != nil {
			t.Fatal(err)
		}
	}
	wantUnlinked()
	wantVectors(t, s, by("c1"), frames(1, 3), rootVector)
	wantVectors(t, s, by("c2"), frames(1, 3), adaptedVector)

	// KeepVectors removes what is left of the damage, so the check at the end is content.
	if err := s.KeepVectors(t.Context(), append(join("c2"), join("c3")...)); err != nil {
		t.Fatal(err)
	}
}
