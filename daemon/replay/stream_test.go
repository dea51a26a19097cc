package replay

import (
	"math/rand/v2"
	"testing"
)

// A camera sees one class after another, the common ones for a long time and each
// scene in many frames. The buffer learns from a batch after every few frames.
func TestStreamOfClasses(t *testing.T) {
	const capacity, dim, classes, batch = 100, 32, 20, 16
	for _, tt := range []struct {
		policy string
		min    int // classes remembered at the end
		max    int
		rare   int // members of the rarest class, at least
	}{
		{"minred", classes, classes, 2},
		{"reservoir", classes / 2, classes, 0},
		{"fifo", 1, 2, 0},
	} {
		t.Run(tt.policy, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(5, 5))
			b := newBuffer(t, Options{Capacity: capacity, Policy: tt.policy, Seed: 1})
			class := map[uint64]int{}
			frame := map[uint64][]float32{}
			id := uint64(0)
			for c := range classes {
				center := direction(rng, dim)
				shown := 400
				if c%4 == 1 {
					shown = 12 // rare
				}
				var scene []float32
				for i := range shown {
					if i%6 == 0 { // the same scene stays for some frames
						scene = near(rng, center, 0.6)
					}
					id++
					class[id], frame[id] = c, near(rng, scene, 0.02)
					b.Add(entry(id))
					if i%4 == 0 {
						list := ids(b.Draw(int(id), batch, batch/2))
						vectors := make([][]float32, len(list))
						for j, one := range list {
							vectors[j] = frame[one]
						}
						observe(t, b, list, views(rng, vectors))
					}
				}
			}
			held := map[int]int{}
			for _, e := range b.Entries() {
				held[class[e.ID]]++
			}
			if len(held) < tt.min || len(held) > tt.max || held[1] < tt.rare {
				t.Errorf("%d of %d classes are remembered, %d to %d expected: %v", len(held), classes, tt.min, tt.max, held)
			}
			t.Logf("%d classes: %v", len(held), held)
		})
	}
}
