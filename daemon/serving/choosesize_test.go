package serving

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/config"
)

// The largest size within the budget is chosen, by the median of its times.
func TestChooseSize(t *testing.T) {
	// A board that takes so long at 224 px. The time grows with the area.
	board := func(at224 time.Duration) func(size, sample int) time.Duration {
		return func(size, _ int) time.Duration { return at224 * time.Duration(size*size) / (224 * 224) }
	}
	for _, c := range []struct {
		name  string
		times func(size, sample int) time.Duration
		want  int
		fits  bool
		tried []int
		late  int // how many measurements there is time for; 0: all
	}{
		{"fast", board(30 * time.Millisecond), 224, true, []int{224}, 0},
		{"just fast enough", board(150 * time.Millisecond), 224, true, []int{224}, 0},
		{"a bit too slow", board(151 * time.Millisecond), 160, true, []int{224, 160}, 0},
		{"slower", board(340 * time.Millisecond), 128, true, []int{224, 160, 128}, 0},
		{"slow: 160 px are not tried", board(400 * time.Millisecond), 128, true, []int{224, 128}, 0},
		{"no time for more: 96 px are reckoned", board(600 * time.Millisecond), 96, true, []int{224}, 1},
		{"no time for more: 160 px are reckoned", board(200 * time.Millisecond), 160, true, []int{224}, 1},
		{"no time for more, and too slow for all", board(20 * time.Second), 96, false, []int{224}, 1},
		{"too slow for all", board(20 * time.Second), 96, false, []int{224, 96}, 0},
		{"a few slow pictures", func(size, sample int) time.Duration {
			if sample%3 == 0 {
				return time.Second
			}
			return board(100*time.Millisecond)(size, sample)
		}, 224, true, []int{224}, 0},
		{"busy at first", func() func(size, sample int) time.Duration {
			calls := 0
			return func(size, sample int) time.Duration {
				if calls++; calls <= sizeSamples && sample%3 > 0 {
					return 200 * time.Millisecond
				}
				return board(100*time.Millisecond)(size, sample)
			}
		}(), 224, true, []int{224, 224}, 0},
		{"a slow start", func(size, sample int) time.Duration {
			if sample < 2 {
				return time.Minute
			}
			return board(100*time.Millisecond)(size, sample)
		}, 224, true, []int{224}, 0},
		{"a larger one that is faster is not waited for", func(int, int) time.Duration { return time.Hour }, 96, false, []int{224, 96}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tried []int
			if c.late == 0 {
				c.late = len(config.AutomaticSizes()) * sizeTries
			}
			got, err := chooseSize(config.AutomaticSizes(), 150*time.Millisecond, func() bool { return len(tried) >= c.late }, func(size int, give func(time.Duration) bool) error {
				tried = append(tried, size)
				n := 0
				for give(c.times(size, n)) {
					n++
				}
				if n >= sizeSamples {
					t.Errorf("%d times were asked for at %d px", n+1, size)
				}
				return nil
			})
			if err != nil || got.Size != c.want || got.Fits() != c.fits || !slices.Equal(tried, c.tried) {
				t.Errorf("%d px (%v), tried %v, %v; want %d px, fits %v, tried %v", got.Size, got, tried, err, c.want, c.fits, c.tried)
			}
			if text := got.String(); strings.Contains(text, "longer than serve.budget") == c.fits {
				t.Error(text)
			}
		})
	}
	broken := errors.New("broken")
	if _, err := chooseSize(config.AutomaticSizes(), time.Second, func() bool { return false }, func(int, func(time.Duration) bool) error { return broken }); err != broken {
		t.Errorf("error %v", err)
	}
}
