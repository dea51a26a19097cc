package governor

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A learner that waits for a limit, or for the rest that the duty asks for, goes on at
// once when those limits are gone.
func TestChange(t *testing.T) {
	t.Run("held", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBoard(t)
			b.heat(0, 83)
			g, allowed := start(t, Options{Limits: Limits{MaxTemperature: 80}, Root: b.root})
			if allowed() {
				t.Fatal("a step at 83 degrees")
			}
			if degrees, known := g.Temperature(); !known || degrees != 83 {
				t.Errorf("%v degrees, %v", degrees, known)
			}
			if err := g.Change(Limits{MaxTemperature: 82}); err != nil || allowed() {
				t.Fatalf("%v; 82 degrees allow a step at 83", err)
			}
			if err := g.Change(Limits{MaxTemperature: 90}); err != nil || !allowed() {
				t.Errorf("%v; held at 83 of 90 degrees", err)
			}
		})
	})
	t.Run("resting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g, err := New(Options{Limits: Limits{Duty: 0.01}, Root: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			g.After(time.Minute) // 99 minutes of rest
			time.AfterFunc(time.Second, func() {
				if err := g.Change(Limits{}); err != nil {
					t.Error(err)
				}
			})
			begin := time.Now()
			if err := g.Before(t.Context()); err != nil || time.Since(begin) != time.Second {
				t.Errorf("%v after %v", err, time.Since(begin))
			}
		})
	})
	t.Run("refused", func(t *testing.T) {
		g, err := New(Options{Limits: Limits{Duty: 0.5}})
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Change(Limits{Duty: 2}); err == nil || !strings.Contains(err.Error(), "learn.duty") {
			t.Errorf("%v", err)
		}
		if _, reason := g.State(); !strings.Contains(reason, "50 %") {
			t.Errorf("after a change that was refused: %q", reason)
		}
	})
}
