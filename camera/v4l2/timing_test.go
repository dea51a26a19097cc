package v4l2

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestRateLimit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, tc := range []struct {
		name         string
		camera, want float64 // pictures a second
		rate         float64 // that must come out
	}{
		{"as they come", 30, 0, 30},
		{"the camera's own", 30, 30, 30},
		{"slower camera", 10, 30, 10},
		{"a third", 30, 10, 10},
		{"no whole ratio", 30, 12, 12},
		{"one in a long time", 30, 0.1, 0.1},
	} {
		p := rateLimit{}
		if tc.want > 0 {
			p.period = time.Duration(float64(time.Second) / tc.want)
		}
		passed := 0
		const seconds = 100
		for i := range int(seconds * tc.camera) {
			jitter := (random.Float64() - 0.5) * 0.1 / tc.camera
			if p.allows(time.Hour + time.Duration((float64(i)/tc.camera+jitter)*float64(time.Second))) {
				passed++
			}
		}
		if got := float64(passed) / seconds; math.Abs(got-tc.rate) > 0.05*tc.rate+1.0/seconds {
			t.Errorf("%s: %v a second, want %v", tc.name, got, tc.rate)
		}
	}
}

func TestRateLimitJumps(t *testing.T) {
	p := rateLimit{period: time.Second}
	for i, step := range []struct {
		at  time.Duration
		due bool
	}{
		{1000 * time.Second, true}, {1000*time.Second + 500*time.Millisecond, false}, {1001 * time.Second, true},
		{1100 * time.Second, true}, {1100*time.Second + 100*time.Millisecond, false}, // nothing is caught up
		{10 * time.Second, true}, {10*time.Second + 100*time.Millisecond, false}, // set back
	} {
		if got := p.allows(step.at); got != step.due {
			t.Errorf("step %d: %v", i, got)
		}
	}
}

func TestMissed(t *testing.T) {
	for _, tc := range []struct {
		last, now uint32
		want      uint64
	}{{1, 2, 0}, {1, 5, 3}, {math.MaxUint32, 0, 0}, {math.MaxUint32 - 1, 1, 2}, {100, 0, 0}, {5, 5, 0}} {
		if got := missed(tc.last, tc.now); got != tc.want {
			t.Errorf("%d to %d: %d", tc.last, tc.now, got)
		}
	}
}

func TestTimestamp(t *testing.T) {
	now := 1000 * time.Second
	for _, tc := range []struct {
		name string
		q    buffer
		ok   bool
	}{
		{"monotonic", buffer{seconds: 999, micros: 500000, flags: bufFlagMonotonic}, true},
		{"of another clock", buffer{seconds: 999, flags: 0x4000}, false},
		{"unknown", buffer{seconds: 999}, false},
		{"in the future", buffer{seconds: 1001, flags: bufFlagMonotonic}, false},
		{"old", buffer{seconds: 900, flags: bufFlagMonotonic}, false},
		{"wrapped", buffer{seconds: -1, flags: bufFlagMonotonic}, false},
	} {
		if _, ok := timestamp(tc.q, now); ok != tc.ok {
			t.Errorf("%s: %v", tc.name, ok)
		}
	}
}
