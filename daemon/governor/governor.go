package governor

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"edgeclr/daemon/heartbeat"
)

const (
	// checkEvery is how long a reading is valid, and how often the governor checks the
	// limits while they hold the learner.
	checkEvery = 5 * time.Second

	// coolDown is how many degrees a board has to cool before learning goes on.
	coolDown = 5

	// calmDown is the share of MaxLoad below which learning goes on.
	calmDown = 0.8

	// maxRest bounds the rest after a step. It matters only for a step that took hours,
	// because the board was suspended.
	maxRest = 24 * time.Hour
)

// Governor holds the learner back. One learner calls Before and After. Any goroutine
// may call the other methods.
type Governor struct {
	mu          sync.Mutex
	opt         Options       // only its Limits change
	changed     chan struct{} // closed and replaced when the Limits change
	holding     bool
	reason      string // why it holds; "" when it does not
	own         ownLoad
	restUntil   time.Time
	read        time.Time // when the sensors were read; zero: never
	temperature brake
	load        brake
	held        []string        // why the sensors hold the learner, at the last reading
	told        map[string]bool // keys of the limits without a sensor that were logged
}

// New makes a governor. The error says which option is out of range.
func New(opt Options) (*Governor, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	g := &Governor{opt: opt.withDefaults(), changed: make(chan struct{}), told: map[string]bool{}}
	g.setBrakes()
	return g, nil
}

// Change puts other limits in force at once. A learner that waits checks the new
// ones. The error says which limit is out of range, and then nothing changes.
func (g *Governor) Change(l Limits) error {
	if err := l.check(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opt.Limits = l.withDefaults()
	g.setBrakes()
	g.restUntil, g.read = time.Time{}, time.Time{}
	close(g.changed)
	g.changed = make(chan struct{})
	return nil
}

// setBrakes makes new brakes from the limits. The caller holds mu.
func (g *Governor) setBrakes() {
	g.temperature = brake{limit: g.opt.MaxTemperature, resume: g.opt.MaxTemperature - coolDown}
	g.load = brake{limit: g.opt.MaxLoad, resume: g.opt.MaxLoad * calmDown}
}

// Temperature returns that of the hottest thermal zone now, in degrees Celsius. Known
// is false when no zone can be read.
func (g *Governor) Temperature() (degrees float64, known bool) { return temperature(g.opt.Root) }

// Before waits until a step may begin, and ticks the heartbeat of ctx meanwhile. Its
// only error is that of ctx, when that ends first.
func (g *Governor) Before(ctx context.Context) error {
	g.mu.Lock()
	rest, changed := time.Until(g.restUntil), g.changed
	g.mu.Unlock()
	if err := sleep(ctx, rest, changed); err != nil {
		return err
	}
	defer g.set("")
	for {
		reason, changed := g.check()
		g.note(reason)
		if reason == "" {
			return ctx.Err()
		}
		if err := sleep(ctx, checkEvery, changed); err != nil {
			return err
		}
	}
}

// After notes that a step has just ended and took that long.
func (g *Governor) After(worked time.Duration) {
	worked = max(worked, 0)
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	g.own.worked(float64(g.opt.Threads), worked, now)
	rest := worked.Seconds() * (1/g.opt.Duty - 1)
	g.restUntil = now.Add(time.Duration(min(rest, maxRest.Seconds()) * float64(time.Second)))
}

// State tells whether the learner is held back, and why, in a sentence for the
// status. The rests of Limits.Duty do not count as holding. When only Duty slows the
// learner, holding is false and the reason says so.
func (g *Governor) State() (holding bool, reason string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.holding && g.opt.Duty < 1 {
		return false, fmt.Sprintf("learning for %.3g %% of the time, as learn.duty says", 100*g.opt.Duty)
	}
	return g.holding, g.reason
}

// set changes the state and tells whether the learner was held before.
func (g *Governor) set(reason string) (was bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	was = g.holding
	g.holding, g.reason = reason != "", reason
	return was
}

// note sets the state, and logs when holding begins and ends.
func (g *Governor) note(reason string) {
	was := g.set(reason)
	switch {
	case !was && reason != "":
		g.opt.Log.Info("learning is held back", "reason", reason)
	case was && reason == "":
		g.opt.Log.Info("learning goes on")
	}
}

// check says why learning has to wait, "" when it need not. The answer is valid
// until changed is closed.
func (g *Governor) check() (reason string, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.read.IsZero() || time.Since(g.read) >= checkEvery {
		g.held = g.readSensors()
		g.read = time.Now()
	}
	reasons := append(g.outside(), g.held...)
	if len(reasons) == 0 {
		return "", g.changed
	}
	return "holding: " + strings.Join(reasons, "; "), g.changed
}

// outside returns a reason to hold when the time is outside of all windows, else none.
func (g *Governor) outside() []string {
	now := g.opt.Now()
	var windows []string
	for _, w := range g.opt.Windows {
		if w.Contains(now) {
			return nil
		}
		windows = append(windows, w.String())
	}
	if len(windows) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("it is %s, and learn.windows allows %s", now.Format("15:04"), strings.Join(windows, ", "))}
}

// readSensors reads the sensors and returns the reasons to hold. The caller holds mu.
func (g *Governor) readSensors() []string {
	var reasons []string
	if g.temperature.limit > 0 {
		degrees, known := temperature(g.opt.Root)
		g.tell("learn.max_temperature", "no thermal zone in sys/class/thermal can be read", known)
		if g.temperature.holds(degrees, known) {
			reasons = append(reasons, fmt.Sprintf("%.1f °C is above learn.max_temperature %v °C; goes on below %v °C",
				degrees, g.temperature.limit, g.temperature.resume))
		}
	}
	if g.load.limit > 0 {
		total, known := loadAverage(g.opt.Root)
		g.tell("learn.max_load", "proc/loadavg cannot be read", known)
		others := max(total-g.own.current(time.Now()), 0) / float64(g.opt.Cores)
		if g.load.holds(others, known) {
			reasons = append(reasons, fmt.Sprintf("a load of %.2f per core by other programs is above learn.max_load %v; goes on below %.3g",
				others, g.load.limit, g.load.resume))
		}
	}
	return reasons
}

// tell logs, once for each limit, that it does not apply.
func (g *Governor) tell(key, why string, known bool) {
	if known || g.told[key] {
		return
	}
	g.told[key] = true
	g.opt.Log.Warn("a limit does not apply on this board", "key", key, "reason", why)
}

// sleep waits that long on the monotonic clock, or until wake is closed. It ticks the
// heartbeat of ctx. Its only error is that of ctx.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	if d <= 0 {
		return ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	_ = heartbeat.Wait(limited, wake) // the end of limited is no error: d has passed
	return ctx.Err()
}
