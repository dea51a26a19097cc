package learn

import (
	"math"
	"testing"
	"time"
)

func TestMeter(t *testing.T) {
	start := time.Unix(1000, 0)
	type step struct {
		loss  float64
		head  bool
		after time.Duration // since the step before
		pause time.Duration // of it
	}
	ten := func(loss float64) step { return step{loss: loss, after: time.Second} }
	for _, tt := range []struct {
		name  string
		steps []step
		loss  float64
		speed float64 // views a second; each step has 64 views
	}{
		{"nothing yet", nil, 0, 0},
		{"head alone", []step{{5, true, time.Second, 0}, {4, true, time.Second, 0}}, 4.5, 0},
		{"only warm steps", []step{ten(4), ten(3), ten(2)}, 3, 0},
		{"one measured step", []step{ten(1), ten(1), ten(1), {1, false, 2 * time.Second, 0}}, 1, 32},
		{"the head's steps do not count", []step{{9, true, 90 * time.Second, 0}, ten(1), ten(1), ten(1), ten(1), ten(1)}, 14.0 / 6, 64},
		{"the last ten losses", []step{ten(100), ten(1), ten(2), ten(3), ten(4), ten(5), ten(6), ten(7), ten(8), ten(9), ten(10)}, 5.5, 64},
		{"a pause does not count", []step{ten(1), ten(1), ten(1), ten(1), {1, false, time.Hour + time.Second, time.Hour}}, 1, 64},
		{"a clock that stands still", []step{{after: 0}, {after: 0}, {after: 0}, {after: 0}}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m meter
			now := start
			for _, s := range tt.steps {
				m.pause(s.pause)
				now = now.Add(s.after)
				m.add(s.loss, 64, s.head, now)
			}
			if got := m.loss(); math.Abs(got-tt.loss) > 1e-9 {
				t.Errorf("loss %v, want %v", got, tt.loss)
			}
			if got := m.viewsPerS(now); math.Abs(got-tt.speed) > 1e-9 {
				t.Errorf("%v views a second, want %v", got, tt.speed)
			}
		})
	}
}
