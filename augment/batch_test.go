package augment

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"edgeclr/camera/rgb"
)

// Each view of a temporal positive equals the view of its own picture when that is
// picked for both views.
func TestViewsOfTwoPictures(t *testing.T) {
	batch := func(picks ...Pick) *Batch {
		o := testOptions()
		o.Choose = func(int) ([]Pick, error) { return picks, nil }
		return next(t, start(t, o))
	}
	mixed := batch(Pick{1, 21}, Pick{2, 2}, Pick{3, 23}, Pick{4, 4}, Pick{5, 1})
	firsts := batch(Same([]uint64{1, 2, 3, 4, 5})...)
	seconds := batch(Same([]uint64{21, 2, 23, 4, 1})...)
	for i := range mixed.N {
		if !bytes.Equal(mixed.view(i, 0), firsts.view(i, 0)) {
			t.Errorf("position %d: the first view is not that of %d", i, mixed.Picks[i].First)
		}
		if !bytes.Equal(mixed.view(i, 1), seconds.view(i, 1)) {
			t.Errorf("position %d: the second view is not that of %d", i, mixed.Picks[i].Second)
		}
	}
	if mixed.Failed != 0 || mixed.FirstError != nil {
		t.Errorf("%d failed: %v", mixed.Failed, mixed.FirstError)
	}
}

// A picture that is picked for both views is loaded once.
func TestSamePictureIsLoadedOnce(t *testing.T) {
	var mu sync.Mutex
	loads := map[uint64]int{}
	o := testOptions()
	o.Depth = 1
	o.Choose = func(step int) ([]Pick, error) {
		if step > 0 {
			return nil, errBroken
		}
		return []Pick{{1, 1}, {2, 3}, {4, 4}, {5, 6}, {7, 7}}, nil
	}
	o.Load = func(ctx context.Context, id uint64) (*rgb.Image, error) {
		mu.Lock()
		loads[id]++
		mu.Unlock()
		return gallery(ctx, id)
	}
	next(t, start(t, o))
	mu.Lock()
	defer mu.Unlock()
	for id := uint64(1); id <= 7; id++ {
		if loads[id] != 1 {
			t.Errorf("picture %d was loaded %d times", id, loads[id])
		}
	}
}

func TestFailedPairs(t *testing.T) {
	for _, tt := range []struct {
		name   string
		picks  []Pick
		want   []Pick // {0, 0}: any pair of the others
		failed int
		first  string // the picture that FirstError names
	}{
		{"a second one", []Pick{{1, 901}, {2, 3}, {4, 4}, {5, 5}, {6, 6}}, []Pick{{1, 1}, {2, 3}, {4, 4}, {5, 5}, {6, 6}}, 1, "901"},
		{"a first one", []Pick{{1, 2}, {3, 4}, {902, 5}, {6, 7}, {8, 8}}, []Pick{{1, 2}, {3, 4}, {}, {6, 7}, {8, 8}}, 1, "902"},
		{"both of one", []Pick{{1, 1}, {903, 904}, {2, 2}, {2, 2}, {3, 3}}, []Pick{{1, 1}, {}, {2, 2}, {2, 2}, {3, 3}}, 1, "903"},
		{"one of each kind", []Pick{{1, 2}, {3, 905}, {906, 4}, {5, 5}, {6, 6}}, []Pick{{1, 2}, {3, 3}, {}, {5, 5}, {6, 6}}, 2, "905"},
		{"all seconds", []Pick{{1, 901}, {2, 902}, {3, 903}, {4, 904}, {5, 905}}, Same([]uint64{1, 2, 3, 4, 5}), 5, "901"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := testOptions()
			o.Choose = func(int) ([]Pick, error) { return tt.picks, nil }
			b := next(t, start(t, o))
			for i, pick := range b.Picks {
				if free := tt.want[i] == (Pick{}); free && !slices.Contains(tt.want, pick) || !free && pick != tt.want[i] {
					t.Errorf("position %d holds %v, want %v", i, pick, tt.want[i])
				}
			}
			if b.Failed != tt.failed || !errors.Is(b.FirstError, errBroken) || !strings.Contains(b.FirstError.Error(), tt.first) {
				t.Errorf("%d failed (want %d), first: %v", b.Failed, tt.failed, b.FirstError)
			}
		})
	}
}

// A failure in one batch does not count in the next batch that uses its memory.
func TestRecycledBatchForgetsFailures(t *testing.T) {
	o := testOptions()
	o.Depth = 1
	o.Choose = func(step int) ([]Pick, error) {
		if step%2 == 0 {
			return []Pick{{1, 901}, {902, 2}, {3, 3}, {4, 4}, {5, 5}}, nil
		}
		return Same([]uint64{1, 2, 3, 4, 5}), nil
	}
	l := start(t, o)
	for step := range 6 {
		b := next(t, l)
		if want := 2 * (1 - step%2); b.Failed != want || (b.FirstError != nil) != (want > 0) {
			t.Errorf("step %d: %d failed (%v), want %d", step, b.Failed, b.FirstError, want)
		}
		l.Recycle(b)
	}
}
