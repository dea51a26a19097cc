package replay

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func newBuffer(t testing.TB, opt Options) *Buffer {
	t.Helper()
	b, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func entry(id uint64) Entry {
	return Entry{ID: id, Source: fmt.Sprintf("v4l2:/dev/video%d", id%3), Time: time.Unix(int64(id), 0).UTC(), Live: id%2 == 0}
}

func ids(entries []Entry) []uint64 {
	list := make([]uint64, len(entries))
	for i, e := range entries {
		list[i] = e.ID
	}
	return list
}

// direction is a random vector of length 1.
func direction(rng *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	normalize(v)
	return v
}

// near is a vector of length 1 in about the direction of another one.
func near(rng *rand.Rand, v []float32, noise float64) []float32 {
	w := make([]float32, len(v))
	for i, x := range v {
		w[i] = x + float32(noise/math.Sqrt(float64(len(v)))*rng.NormFloat64())
	}
	normalize(w)
	return w
}

// views are the projections of two views of each vector.
func views(rng *rand.Rand, vectors [][]float32) []float32 {
	var rows []float32
	for range 2 {
		for _, v := range vectors {
			rows = append(rows, near(rng, v, 0.2)...)
		}
	}
	return rows
}

func observe(t testing.TB, b *Buffer, ids []uint64, projections []float32) {
	t.Helper()
	if err := b.Observe(ids, projections); err != nil {
		t.Fatal(err)
	}
}

// reopened is a buffer restored from what another one would leave in the store.
func reopened(t testing.TB, b *Buffer) *Buffer {
	t.Helper()
	meta, features := b.Snapshot()
	text, err := json.Marshal(meta)
	if err != nil {
		t.Fatal(err)
	}
	var read Meta
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	again := newBuffer(t, b.opt)
	if err := again.Restore(b.Entries(), read, features); err != nil {
		t.Fatal(err)
	}
	return again
}
