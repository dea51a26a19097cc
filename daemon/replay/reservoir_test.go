package replay

import "testing"

// Every frame that ever came is a member with the same probability. Pearson's
// chi-square compares the count of each over many seeds with the expected one.
func TestReservoirIsUniform(t *testing.T) {
	const capacity, frames, seeds = 10, 60, 6000
	counts := make([]int, frames)
	first := 0 // how often a frame leaves at once
	for seed := range uint64(seeds) {
		b := newBuffer(t, Options{Capacity: capacity, Policy: "reservoir", Seed: seed * 7919})
		for id := range uint64(frames) {
			for _, gone := range b.Add(entry(id)) {
				if gone == id {
					first++
				}
			}
		}
		for _, e := range b.Entries() {
			counts[e.ID]++
		}
	}
	const expected = float64(capacity) * seeds / frames
	chi := 0.0
	for _, n := range counts {
		d := float64(n) - expected
		chi += d * d / expected
	}
	// The members of one buffer are different frames. That reduces the variance of a
	// count by the factor 1 - capacity/frames. 59 degrees of freedom, p = 0.001.
	if chi /= 1 - float64(capacity)/frames; chi > 98.3 {
		t.Errorf("chi-square %.1f: %v", chi, counts)
	}
	if first == 0 {
		t.Error("no frame was refused")
	}
	t.Logf("chi-square %.1f with 59 degrees of freedom", chi)
}
