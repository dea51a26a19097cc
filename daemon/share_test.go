package daemon

import (
	"errors"
	"math"
	"testing"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// Checkpoints of the same weights and of different shares embed nothing when they take
// turns. The cosines are the weighted means of the halves' cosines. A restart, and the
// adapted half alone, are the same.
func TestSharesTakeTurns(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 6)
	shares := map[storage.CheckpointID]float64{}
	var order []storage.Checkpoint
	for _, share := range []float64{0, 0.25, 0.75, 1} {
		cp := adaptTo(t, s, "c1", config.BlendAuto, share, 0.05)
		shares[cp.ID], order = share, append(order, cp)
	}
	root, adapted := encodersOf(t, s, "c1")[0], encodersOf(t, s, order[3].ID)[0]
	pair := func(e storage.Encoder) float64 {
		a, err := s.store.Vector([]storage.Encoder{e}, 0, storage.FrameID(ids[0]))
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.store.Vector([]storage.Encoder{e}, 0, storage.FrameID(ids[1]))
		if err != nil {
			t.Fatal(err)
		}
		return cosine(a, b)
	}
	serves := func(cp storage.Checkpoint) {
		t.Helper()
		share := shares[cp.ID]
		if share == 0 {
			share = storage.EvenShare
		}
		st := status(t, s).Checkpoint
		blend, said := config.BlendJoin, share
		if share == 1 {
			blend, said = config.BlendNone, 0
		}
		if st.Serving != string(cp.ID) || st.Blend != blend || st.Share != said || cp.Share != said {
			t.Errorf("%+v serves with share %v", st, share)
		}
		v := s.versions.Current()
		defer v.Done()
		if dim := v.Index.Dim(); dim != cp.Dim || (share == 1) != (dim == adapted.Dim) {
			t.Errorf("share %v: an index of %d values", share, dim)
		}
		want := (1-share)*pair(root) + share*pair(adapted)
		hits, err := v.Index.Search(storedVector(t, s, cp.ID, ids[0]), len(ids))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, h := range hits {
			if h.ID == ids[1] {
				found = true
				if math.Abs(float64(h.Similarity)-want) > 1e-3 {
					t.Errorf("share %v: similarity %v in the index, want %v", share, h.Similarity, want)
				}
			}
		}
		if got := cosine(storedVector(t, s, cp.ID, ids[0]), storedVector(t, s, cp.ID, ids[1])); math.Abs(got-want) > 1e-5 || !found {
			t.Errorf("share %v: cosine %v, want %v; found %v", share, got, want, found)
		}
		for i := range all {
			findsItself(t, s.Client(), all[i].Data, ids[i], "")
		}
	}
	embeds := true // whether a promotion may embed frames
	progress := func(done, total int) {
		if !embeds {
			t.Errorf("%d of %d frames are embedded", done, total)
		}
	}
	promote := func(cp storage.Checkpoint) {
		t.Helper()
		if _, err := s.versions.Promote(t.Context(), string(cp.ID), "test", progress); err != nil {
			t.Fatal(err)
		}
		serves(cp)
	}
	promote(order[0])
	for _, e := range []storage.Encoder{root, adapted} {
		if n, err := s.store.CountVectors([]storage.Encoder{e}); err != nil || n != len(ids) {
			t.Fatalf("%d vectors of %v, %v", n, e, err)
		}
	}
	embeds = false
	promote(order[1])
	promote(order[2])
	shut(t, s)
	s = open(t, cfg)
	serves(order[2])
	if back, err := s.versions.Rollback(t.Context(), progress); err != nil || back.Checkpoint != order[1].ID || back.Embedded != 0 {
		t.Fatalf("%+v, %v", back, err)
	}
	serves(order[1])
	promote(order[3])
	promote(order[0])
}

// The API computes vectors with the share of a request, and names that of a checkpoint.
func TestSharesOverTheAPI(t *testing.T) {
	eachTransport(t, func(t *testing.T, s *Service, c *client.Client) {
		cp := adaptTo(t, s, "c1", config.BlendAuto, 0.7, 0.05)
		pictures := pictures(t, 1, 2)
		vectors := func(o client.VectorOptions) [][]float32 {
			t.Helper()
			o.Checkpoint = string(cp.ID)
			answer, err := c.Vectors(t.Context(), pictures, o)
			if err != nil {
				t.Fatal(err)
			}
			return [][]float32{answer.Vectors[0].Vector, answer.Vectors[1].Vector}
		}
		half := cp.Dim / 2
		for _, tt := range []struct {
			o     client.VectorOptions
			share float64
		}{
			{client.VectorOptions{}, 0.7},
			{client.VectorOptions{Share: 0.2}, 0.2},
			{client.VectorOptions{Blend: config.BlendJoin}, 0.5},
			{client.VectorOptions{Blend: config.BlendJoin, Share: 0.7}, 0.7},
		} {
			for i, v := range vectors(tt.o) {
				if first := cosine(v[:half], v[:half]); len(v) != cp.Dim || math.Abs(first-(1-tt.share)) > 1e-5 || math.Abs(cosine(v, v)-1) > 1e-5 {
					t.Errorf("%+v, picture %d: %d values, the pretrained half has the squared length %v", tt.o, i, len(v), first)
				}
			}
		}
		for _, o := range []client.VectorOptions{{Share: 1}, {Share: -0.2}, {Share: math.NaN()}, {Blend: config.BlendAverage, Share: 0.5}, {Blend: config.BlendAuto}} {
			var remote *client.RemoteError
			if _, err := c.Vectors(t.Context(), pictures, o); !errors.As(err, &remote) || remote.Code != "bad_request" {
				t.Errorf("%+v: %v", o, err)
			}
		}
		r, err := c.Weights(t.Context(), string(cp.ID), "")
		if err != nil || r.Share != 0.7 || r.Blend != config.BlendJoin {
			t.Errorf("weights of %+v, %v", r, err)
		} else if err := r.Close(); err != nil {
			t.Error(err)
		}
		list, err := c.Checkpoints(t.Context())
		if err != nil || list.Checkpoints[len(list.Checkpoints)-1].Share != 0.7 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
