package replay

import (
	"math/rand/v2"
	"testing"
)

const benchDim, benchBatch = 128, 64

// fullBuffer is a buffer of the default capacity whose members were all seen. They
// come in scenes of some frames each, as from a camera.
func fullBuffer(b *testing.B) (buf *Buffer, scene func(id uint64) []float32) {
	b.Helper()
	buf = newBuffer(b, Options{})
	rng := rand.New(rand.NewPCG(1, 1))
	scenes := make([][]float32, 200)
	for i := range scenes {
		scenes[i] = direction(rng, benchDim)
	}
	scene = func(id uint64) []float32 { return near(rng, scenes[id/50%200], 0.5) }
	for id := uint64(1); id <= defaultCapacity; id++ {
		buf.Add(entry(id))
	}
	for _, list := range batches(buf.Entries()) {
		observe(b, buf, list, sceneViews(list, scene))
	}
	return buf, scene
}

func batches(entries []Entry) [][]uint64 {
	var lists [][]uint64
	for at := 0; at < len(entries); at += benchBatch {
		lists = append(lists, ids(entries[at:min(at+benchBatch, len(entries))]))
	}
	return lists
}

func sceneViews(list []uint64, scene func(uint64) []float32) []float32 {
	vectors := make([][]float32, len(list))
	for i, id := range list {
		vectors[i] = scene(id)
	}
	return views(rand.New(rand.NewPCG(list[0], 2)), vectors)
}

func BenchmarkObserve(b *testing.B) {
	buf, scene := fullBuffer(b)
	for step := 0; b.Loop(); step++ {
		b.StopTimer()
		list := ids(buf.Draw(step, benchBatch, 0))
		rows := sceneViews(list, scene)
		b.StartTimer()
		observe(b, buf, list, rows)
	}
}

// Each Add follows a step, so that it finds nearest members that have changed.
func BenchmarkAdd(b *testing.B) {
	buf, scene := fullBuffer(b)
	next := uint64(defaultCapacity)
	for step := 0; b.Loop(); step++ {
		b.StopTimer()
		list := ids(buf.Draw(step, benchBatch, benchBatch/2))
		observe(b, buf, list, sceneViews(list, scene))
		next++
		b.StartTimer()
		buf.Add(entry(next))
	}
}

func BenchmarkDraw(b *testing.B) {
	buf, _ := fullBuffer(b)
	for step := 0; b.Loop(); step++ {
		buf.Draw(step, benchBatch, benchBatch/2)
	}
}

func BenchmarkRestore(b *testing.B) {
	buf, _ := fullBuffer(b)
	meta, features := buf.Snapshot()
	entries := buf.Entries()
	for b.Loop() {
		if err := buf.Restore(entries, meta, features); err != nil {
			b.Fatal(err)
		}
	}
}
