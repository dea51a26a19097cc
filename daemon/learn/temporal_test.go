package learn

import (
	"slices"
	"testing"
	"time"

	"edgeclr/augment"
	"edgeclr/config"
	"edgeclr/daemon/replay"
)

// The second view is a frame of the same source and moment, on the same side of a
// scene cut. Frames of a folder, and those alone in their moment, keep their own.
func TestTemporal(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Replay.Moment = config.Duration(10 * time.Second)
	s := open(t, cfg)
	begin := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	scenes := map[uint64][]float32{}
	add := func(id uint64, source string, second int, live bool, scene []float32) {
		s.corpus.entries[id] = replay.Entry{ID: id, Source: source, Time: begin.Add(time.Duration(second) * time.Second), Live: live}
		s.corpus.buffer.Add(s.corpus.entries[id])
		scenes[id] = scene
	}
	yard, road := []float32{1, 0}, []float32{0, 1}
	add(1, "v4l2:/dev/video0", 0, true, yard)
	add(2, "v4l2:/dev/video0", 4, true, yard)
	add(3, "v4l2:/dev/video0", 6, true, road)   // behind a cut
	add(4, "v4l2:/dev/video0", 100, true, road) // another moment
	add(5, "v4l2:/dev/video1", 1, true, yard)   // another camera
	add(6, "dir:/x", 0, false, yard)
	add(7, "dir:/x", 1, false, yard)
	pairs := &temporal{share: 1, seed: 5, vector: func(id uint64) ([]float32, error) { return scenes[id], nil }}
	seconds := map[uint64][]uint64{}
	for step := range 50 {
		picks := augment.Same([]uint64{1, 2, 3, 4, 5, 6, 7})
		pairs.pair(s.corpus, step, picks)
		again := augment.Same([]uint64{1, 2, 3, 4, 5, 6, 7})
		pairs.pair(s.corpus, step, again)
		if !slices.Equal(picks, again) {
			t.Fatalf("step %d gives %v and %v", step, picks, again)
		}
		for _, p := range picks {
			if !slices.Contains(seconds[p.First], p.Second) {
				seconds[p.First] = append(seconds[p.First], p.Second)
			}
		}
	}
	for first, want := range map[uint64][]uint64{1: {1, 2}, 2: {1, 2}, 3: {3}, 4: {4}, 5: {5}, 6: {6}, 7: {7}} {
		if got := slices.Sorted(slices.Values(seconds[first])); !slices.Equal(got, want) {
			t.Errorf("frame %d is paired with %v, want %v", first, got, want)
		}
	}
	pairs.share = 0
	picks := augment.Same([]uint64{1, 2})
	if pairs.pair(s.corpus, 0, picks); picks[0].Second != 1 {
		t.Error("a share of 0 pairs")
	}
}
