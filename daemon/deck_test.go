package daemon

import (
	"fmt"
	"slices"
	"testing"
)

func TestDeck(t *testing.T) {
	for _, tt := range []struct{ cards, batch int }{{2, 2}, {5, 3}, {7, 7}, {10, 4}, {9, 8}, {100, 64}, {100, 1}} {
		t.Run(fmt.Sprintf("%d of %d", tt.batch, tt.cards), func(t *testing.T) {
			d, same, other := newDeck(1, tt.cards), newDeck(1, tt.cards), newDeck(2, tt.cards)
			dealt := make([]int, tt.cards) // how often each card was
			differs := tt.cards < 5        // too few orders to tell
			for step := 1; step <= 3*tt.cards; step++ {
				batch := d.deal(tt.batch)
				if again := same.deal(tt.batch); !slices.Equal(batch, again) {
					t.Fatalf("step %d: %v and %v from one seed", step, batch, again)
				}
				differs = differs || !slices.Equal(batch, other.deal(tt.batch))
				sorted := slices.Sorted(slices.Values(batch))
				if len(slices.Compact(sorted)) != tt.batch {
					t.Fatalf("step %d repeats a picture: %v", step, batch)
				}
				for _, id := range batch {
					dealt[id]++
				}
				// Whole passes are dealt, and at most a batch's worth of cards ran ahead.
				if least, most := slices.Min(dealt), slices.Max(dealt); most-least > 2 {
					t.Fatalf("step %d: a picture was dealt %d times, another %d", step, most, least)
				}
				if total := step * tt.batch; total%tt.cards == 0 && slices.Min(dealt) != slices.Max(dealt) {
					t.Fatalf("after %d whole passes: %v", total/tt.cards, dealt)
				}
			}
			if !differs {
				t.Error("two seeds deal alike")
			}
		})
	}
}
