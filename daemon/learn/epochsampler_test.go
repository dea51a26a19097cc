package learn

import (
	"fmt"
	"slices"
	"testing"
)

func TestEpochSampler(t *testing.T) {
	for _, tt := range []struct{ pictures, batch int }{{2, 2}, {5, 3}, {7, 7}, {10, 4}, {9, 8}, {100, 64}, {100, 1}} {
		t.Run(fmt.Sprintf("%d of %d", tt.batch, tt.pictures), func(t *testing.T) {
			sampler, same, other := newEpochSampler(1, tt.pictures), newEpochSampler(1, tt.pictures), newEpochSampler(2, tt.pictures)
			drawn := make([]int, tt.pictures) // how often each picture was
			differs := tt.pictures < 5        // too few orders to tell
			for step := 1; step <= 3*tt.pictures; step++ {
				batch := sampler.next(tt.batch)
				if again := same.next(tt.batch); !slices.Equal(batch, again) {
					t.Fatalf("step %d: %v and %v from one seed", step, batch, again)
				}
				differs = differs || !slices.Equal(batch, other.next(tt.batch))
				sorted := slices.Sorted(slices.Values(batch))
				if len(slices.Compact(sorted)) != tt.batch {
					t.Fatalf("step %d repeats a picture: %v", step, batch)
				}
				for _, id := range batch {
					drawn[id]++
				}
				// Whole epochs are drawn, and at most one batch of pictures ran ahead.
				if least, most := slices.Min(drawn), slices.Max(drawn); most-least > 2 {
					t.Fatalf("step %d: a picture was drawn %d times, another %d", step, most, least)
				}
				if total := step * tt.batch; total%tt.pictures == 0 && slices.Min(drawn) != slices.Max(drawn) {
					t.Fatalf("after %d whole epochs: %v", total/tt.pictures, drawn)
				}
			}
			if !differs {
				t.Error("two seeds draw the same")
			}
		})
	}
}

// firstDrawn foretells what a sampler of the same seed draws.
func TestEpochSamplerFirstDrawn(t *testing.T) {
	for _, tt := range []struct{ pictures, batch, batches, want int }{{100, 8, 3, 24}, {10, 4, 3, 10}, {10, 4, 1_000_000_000, 10}, {10, 4, 0, 0}} {
		sampler := newEpochSampler(1, tt.pictures)
		drawn := map[uint64]bool{}
		for range min(tt.batches, 100) {
			for _, picture := range sampler.next(tt.batch) {
				drawn[picture] = true
			}
		}
		got := newEpochSampler(1, tt.pictures).firstDrawn(tt.batches, tt.batch)
		for _, picture := range got {
			delete(drawn, picture)
		}
		if len(got) != tt.want || len(drawn) != 0 {
			t.Errorf("%+v: %v, and not %v", tt, got, drawn)
		}
	}
}
