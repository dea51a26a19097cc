package heartbeat

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// lateName is the name of the beat that is late, "" for none.
func lateName(err error) string {
	var late *LateError
	if errors.As(err, &late) {
		return late.Name
	}
	return ""
}

func TestLate(t *testing.T) { synctest.Test(t, testLate) }

func testLate(t *testing.T) {
	m := &Monitor{}
	capture, learn := m.Beat("capture", time.Minute), m.Beat("learn", time.Minute)
	for _, step := range []struct {
		what  string
		after time.Duration
		do    func()
		late  string
	}{
		{"nobody has ticked yet", time.Minute, nil, ""},
		{"one ticked", time.Second, capture.Tick, "learn"},
		{"it came back", 0, learn.Tick, ""},
		{"a long step", 0, func() { learn.Allow(time.Hour) }, ""},
		{"which lasts", 59 * time.Second, capture.Tick, ""},
		{"which lasts longer", 50 * time.Second, nil, ""},
		{"the other is late", 30 * time.Second, nil, "capture"},
		{"the one that is longest overdue is named", 2 * time.Hour, nil, "capture"},
		{"what was allowed holds for the next tick too", 0, func() { learn.Tick(); capture.Tick() }, ""},
		{"", 59 * time.Minute, capture.Tick, ""},
		{"", time.Minute, func() { learn.Allow(time.Minute) }, ""},
		{"and until it is set again", time.Minute + time.Second, capture.Tick, "learn"},
		{"a loop that ended is not missed", time.Hour, func() { learn.Stop(); capture.Tick() }, ""},
	} {
		time.Sleep(step.after)
		if step.do != nil {
			step.do()
		}
		if got := lateName(m.Check()); got != step.late {
			t.Errorf("%s: %q is late, want %q (%v)", step.what, got, step.late, m.Check())
		}
	}
	capture.Stop()
	time.Sleep(time.Hour)
	if err := m.Check(); err != nil {
		t.Errorf("all loops have ended, and %v", err)
	}
}

// Without a monitor, beats do nothing and never fail.
func TestNobodyWatches(t *testing.T) {
	var m *Monitor
	b := m.Beat("x", time.Second)
	b.Tick()
	b.Allow(time.Second)
	b.Stop()
	ctx := With(t.Context(), b)
	Tick(ctx)
	Allow(t.Context(), time.Second)
	if m.Check() != nil || from(ctx) != nil {
		t.Error("a beat of nobody")
	}
}

func TestWaitingTicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &Monitor{}
		ctx := With(t.Context(), m.Beat("waits", 2*Every))
		resumed := make(chan struct{})
		time.AfterFunc(time.Hour, func() { close(resumed) })
		late := make(chan error, 1)
		time.AfterFunc(50*time.Minute, func() { late <- m.Check() })
		if err := Wait(ctx, resumed); err != nil || <-late != nil {
			t.Errorf("waiting: %v", err)
		}
		if err := Sleep(ctx, time.Hour); err != nil || m.Check() != nil {
			t.Errorf("sleeping: %v, %v", err, m.Check())
		}
		time.Sleep(3 * Every) // and nothing ticks by itself
		if lateName(m.Check()) != "waits" {
			t.Error("a loop that hangs is not late")
		}
		ended, end := context.WithCancel(ctx)
		end()
		if !errors.Is(Sleep(ended, time.Hour), context.Canceled) || !errors.Is(Sleep(ended, 0), context.Canceled) {
			t.Error("a context that ended does not end the wait")
		}
	})
}
