package main

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	var b backoff
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		if got := b.after(9 * time.Second); got != want*time.Second {
			t.Errorf("pause %d is %v, want %d s", i, got, want)
		}
	}
	if got := b.after(10 * time.Second); got != time.Second {
		t.Errorf("after ten seconds of pictures: %v", got)
	}
}

func TestFaultExpects(t *testing.T) {
	tests := []struct {
		name   string
		kind   faultKind
		last   time.Duration // pause before
		lived  time.Duration
		opened int
		pauses time.Duration
		limit  time.Duration
	}{
		{"first", faultKill, 0, time.Minute, 1, time.Second, time.Second + openingTime},
		{"soon after another", faultKill, time.Second, 4 * time.Second, 1, 2 * time.Second, 2*time.Second + openingTime},
		{"long after another", faultDrop, 8 * time.Second, time.Minute, 1, time.Second, time.Second + openingTime},
		{"silent", faultStall, 0, time.Minute, 1, time.Second, time.Second + stallAfter + openingTime},
		{"stopped", faultStop, 0, time.Minute, 1, time.Second, time.Second + stallAfter + killGrace + openingTime},
		{"refused", faultOutage, 0, time.Minute, 4, 15 * time.Second, 15*time.Second + openingTime},
		{"refused soon after another", faultOutage, time.Second, 4 * time.Second, 3, 14 * time.Second, 14*time.Second + openingTime},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := fault{Lived: tt.lived}
			f.expect(tt.kind, &backoff{last: tt.last})
			if f.Opened != tt.opened || f.Pauses != tt.pauses || f.Limit != tt.limit {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestFaultInTime(t *testing.T) {
	for back, want := range map[time.Duration]bool{0: false, time.Second: true, 5 * time.Second: true, 5001 * time.Millisecond: false} {
		if got := (fault{Limit: 5 * time.Second, Back: back}).inTime(); got != want {
			t.Errorf("back after %v: %v", back, got)
		}
	}
}
