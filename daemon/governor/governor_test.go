package governor

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/config"
)

// start makes a governor and a learner that waits for its next step. Allowed tells
// whether the step may begin.
func start(t *testing.T, opt Options) (g *Governor, allowed func() bool) {
	t.Helper()
	g, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- g.Before(ctx) }()
	t.Cleanup(func() { cancel(); synctest.Wait() })
	return g, func() bool {
		synctest.Wait()
		return len(done) == 1
	}
}

func TestNothingAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := New(Options{Root: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for range 100 {
			if err := g.Before(t.Context()); err != nil {
				t.Fatal(err)
			}
			g.After(time.Second)
		}
		if d := time.Since(begin); d != 0 {
			t.Errorf("%v were lost", d)
		}
		if holding, reason := g.State(); holding || reason != "" {
			t.Errorf("%v %q", holding, reason)
		}
	})
}

func TestDuty(t *testing.T) {
	for _, tc := range []struct {
		duty       float64
		work, want time.Duration // of 10 steps and the rests between them
	}{
		{1, 3 * time.Second, 30 * time.Second},
		{0.5, 3 * time.Second, 57 * time.Second},
		{0.25, 2 * time.Second, 74 * time.Second},
		{0.001, time.Millisecond, 10*time.Millisecond + 9*999*time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			g, err := New(Options{Limits: Limits{Duty: tc.duty}})
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			for range 10 {
				if err := g.Before(t.Context()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(tc.work)
				g.After(tc.work)
			}
			if d := time.Since(begin); (d - tc.want).Abs() > time.Millisecond {
				t.Errorf("duty %v: %v, not %v", tc.duty, d, tc.want)
			}
			if holding, reason := g.State(); holding || (reason == "") != (tc.duty == 1) {
				t.Errorf("duty %v: %v %q", tc.duty, holding, reason)
			}
		})
	}
}

// Time in which the learner waited for something else counts as rest.
func TestIdleTimeIsRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := New(Options{Limits: Limits{Duty: 0.5}})
		if err != nil {
			t.Fatal(err)
		}
		g.After(10 * time.Second)
		time.Sleep(8 * time.Second)
		begin := time.Now()
		if err := g.Before(t.Context()); err != nil || time.Since(begin) != 2*time.Second {
			t.Errorf("%v, %v", time.Since(begin), err)
		}
		g.After(math.MaxInt64)
		g.After(-time.Hour)
		if err := g.Before(t.Context()); err != nil || time.Since(begin) != 2*time.Second {
			t.Errorf("%v, %v", time.Since(begin), err)
		}
	})
}

func TestTemperature(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(t)
		b.heat(0, 45)
		b.heat(1, 83)
		b.write("sys/class/thermal/thermal_zone2/temp", "2147483647\n")
		b.write("sys/class/thermal/thermal_zone3/temp", "")
		g, allowed := start(t, Options{Limits: Limits{MaxTemperature: 80}, Root: b.root})
		if allowed() {
			t.Fatal("a step at 83 degrees")
		}
		want := "holding: 83.0 °C is above learn.max_temperature 80 °C; goes on below 75 °C"
		if holding, reason := g.State(); !holding || reason != want {
			t.Errorf("%v %q", holding, reason)
		}
		b.heat(1, 76)
		time.Sleep(time.Minute)
		if allowed() {
			t.Fatal("it has not cooled down by 5 degrees")
		}
		b.heat(1, 74.9)
		time.Sleep(checkEvery)
		if !allowed() {
			t.Fatal("it has cooled down")
		}
		if holding, reason := g.State(); holding || reason != "" {
			t.Errorf("%v %q", holding, reason)
		}
		b.heat(1, 79)
		time.Sleep(checkEvery)
		if err := g.Before(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// A limit without a sensor does not hold, and the governor logs that once.
func TestNoSensor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g, err := New(Options{Limits: Limits{MaxTemperature: 80, MaxLoad: 1}, Root: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if err := g.Before(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(checkEvery)
		}
		for _, key := range []string{"learn.max_temperature", "learn.max_load"} {
			if n := strings.Count(log.String(), key); n != 1 {
				t.Errorf("%s is told of %d times:\n%s", key, n, log.String())
			}
		}
	})
}

// A sensor that disappears does not hold the learner any longer.
func TestSensorThatGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(t)
		b.heat(0, 90)
		_, allowed := start(t, Options{Limits: Limits{MaxTemperature: 80}, Root: b.root})
		if allowed() {
			t.Fatal("a step at 90 degrees")
		}
		b.write("sys/class/thermal/thermal_zone0/temp", "-274000")
		time.Sleep(checkEvery)
		if !allowed() {
			t.Error("the last reading holds on")
		}
	})
}

func TestLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(t)
		b.load(4.2)
		g, allowed := start(t, Options{Limits: Limits{MaxLoad: 1}, Cores: 4, Root: b.root})
		if allowed() {
			t.Fatal("a step at a load of 1.05 per core")
		}
		want := "holding: a load of 1.05 per core by other programs is above learn.max_load 1; goes on below 0.8"
		if holding, reason := g.State(); !holding || reason != want {
			t.Errorf("%v %q", holding, reason)
		}
		b.load(3.3)
		time.Sleep(checkEvery)
		if allowed() {
			t.Fatal("it has not calmed down to four fifths")
		}
		b.load(3.1)
		time.Sleep(checkEvery)
		if !allowed() {
			t.Error("it has calmed down")
		}
	})
}

// The learner's own load does not hold it. The load of others does at once.
func TestOwnLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(t)
		g, err := New(Options{Limits: Limits{MaxLoad: 0.5}, Cores: 4, Root: b.root})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for kernel := 0.0; time.Since(begin) < 10*time.Minute; {
			b.load(kernel + 0.8)
			if err := g.Before(t.Context()); err != nil {
				t.Fatal(err)
			}
			const step = 5 * time.Second
			time.Sleep(step)
			g.After(step)
			kernel = 4 + (kernel-4)*math.Exp(-step.Minutes())
		}
		if d := time.Since(begin); d > 10*time.Minute+5*time.Second {
			t.Errorf("it held itself for %v", d-10*time.Minute)
		}
		b.load(4 + 2.4)
		time.Sleep(checkEvery)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		if err := g.Before(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("others have a load of 2.4: %v", err)
		}
	})
}

// Windows follow the wall clock, also when it is set.
func TestClock(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("no time zones here: %v", err)
	}
	night := []config.Window{{From: 22 * time.Hour, To: 6 * time.Hour}}
	for _, tc := range []struct {
		name    string
		windows []config.Window
		start   string        // on the wall
		jump    time.Duration // of the clock, after a second
		want    time.Duration // to wait for the step
	}{
		{"inside", night, "2026-01-10 23:30", 0, 0},
		{"across midnight", night, "2026-01-10 00:00", 0, 0},
		{"the end is outside", night, "2026-01-10 06:00", 0, 16 * time.Hour},
		{"another window is nearer", append(night, config.Window{From: 12 * time.Hour, To: 13 * time.Hour}), "2026-01-10 06:00", 0, 6 * time.Hour},
		{"summer time begins", []config.Window{{From: 4 * time.Hour, To: 5 * time.Hour}}, "2026-03-29 01:00", 0, 2 * time.Hour},
		{"summer time ends", []config.Window{{From: 4 * time.Hour, To: 5 * time.Hour}}, "2026-10-25 01:00", 0, 4 * time.Hour},
		{"an hour that does not occur", []config.Window{{From: 2 * time.Hour, To: 3 * time.Hour}}, "2026-03-29 01:59", 0, 24*time.Hour - 59*time.Minute},
		{"the clock is set forward", night, "1970-01-01 12:00", 10 * time.Hour, checkEvery},
		{"the clock is set back", night, "2026-01-10 21:59", -time.Hour, time.Hour + time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wall, err := time.ParseInLocation("2006-01-02 15:04", tc.start, berlin)
				if err != nil {
					t.Fatal(err)
				}
				begin := time.Now()
				g, err := New(Options{Limits: Limits{Windows: tc.windows}, Now: func() time.Time {
					passed := time.Since(begin)
					if passed > time.Second {
						passed += tc.jump
					}
					return wall.Add(passed)
				}})
				if err != nil {
					t.Fatal(err)
				}
				if err := g.Before(t.Context()); err != nil {
					t.Fatal(err)
				}
				if d := time.Since(begin); d < tc.want || d > tc.want+checkEvery {
					t.Errorf("waited for %v, not %v", d, tc.want)
				}
			})
		})
	}
}

func TestReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(t)
		b.heat(0, 91.25)
		noon := time.Date(2026, 1, 10, 12, 5, 0, 0, time.UTC)
		g, allowed := start(t, Options{
			Limits: Limits{MaxTemperature: 80, Windows: []config.Window{{From: 22 * time.Hour, To: 6 * time.Hour}, {From: 13 * time.Hour, To: 24 * time.Hour}}},
			Root:   b.root, Now: func() time.Time { return noon },
		})
		if allowed() {
			t.Fatal("a step at noon")
		}
		want := "holding: it is 12:05, and learn.windows allows 22:00-06:00, 13:00-24:00; " +
			"91.2 °C is above learn.max_temperature 80 °C; goes on below 75 °C"
		if _, reason := g.State(); reason != want {
			t.Errorf("%q", reason)
		}
	})
}

// A learner that is stopped does not wait.
func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(t)
		b.heat(0, 90)
		for _, opt := range []Options{{}, {Limits: Limits{Duty: 0.01}}, {Limits: Limits{MaxTemperature: 80}, Root: b.root}} {
			g, err := New(opt)
			if err != nil {
				t.Fatal(err)
			}
			g.After(time.Hour)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			begin := time.Now()
			err = g.Before(ctx)
			if errors.Is(err, context.DeadlineExceeded) != (time.Since(begin) == time.Second) {
				t.Errorf("%v after %v", err, time.Since(begin))
			}
			cancel()
			if err := g.Before(ctx); err == nil {
				t.Error("a step after the end")
			}
			if holding, _ := g.State(); holding {
				t.Error("nobody waits any more")
			}
		}
	})
}

func TestOptionsOutOfRange(t *testing.T) {
	for _, tc := range []struct {
		opt  Options
		want string
	}{
		{Options{Limits: Limits{Duty: -0.1}}, "learn.duty"},
		{Options{Limits: Limits{Duty: 1.1}}, "learn.duty"},
		{Options{Limits: Limits{Duty: math.NaN()}}, "learn.duty"},
		{Options{Limits: Limits{MaxTemperature: 500}}, "learn.max_temperature"},
		{Options{Limits: Limits{MaxLoad: math.Inf(1)}}, "learn.max_load"},
		{Options{Limits: Limits{Windows: []config.Window{{}}}}, "learn.windows"},
	} {
		if _, err := New(tc.opt); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v", tc.opt, err)
		}
	}
}
