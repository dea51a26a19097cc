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

func TestDraw(t *testing.T) {
	const n, k = 20, 6
	id := func(i int) uint64 { return uint64(100 + i) }
	times := map[uint64]int{}
	for step := range 2000 {
		ids := draw(3, step, n, k, id)
		if again := draw(3, step, n, k, id); !slices.Equal(ids, again) {
			t.Fatalf("step %d: %v and %v", step, ids, again)
		}
		sorted := slices.Sorted(slices.Values(ids))
		if len(slices.Compact(sorted)) != k || sorted[0] < 100 || sorted[len(sorted)-1] >= 100+n {
			t.Fatalf("step %d: %v", step, ids)
		}
		for _, one := range ids {
			times[one]++
		}
	}
	for one, got := range times { // 600 expected; the deviation is 20
		if got < 500 || got > 700 {
			t.Errorf("picture %d was drawn %d times of 2000 x 6 from 20", one, got)
		}
	}
	if slices.Equal(draw(3, 0, n, k, id), draw(4, 0, n, k, id)) {
		t.Error("two seeds draw alike")
	}
	if all := draw(1, 1, 4, 4, id); len(all) != 4 {
		t.Errorf("all of them: %v", all)
	}
}
