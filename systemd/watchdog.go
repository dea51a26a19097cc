package systemd

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

const (
	// checkEvery is the longest time between two checks. A short WatchdogSec= shortens it.
	checkEvery = 15 * time.Second
	// pingsInTime is how many pings are sent within the watchdog's time.
	pingsInTime = 4
	// extension is how much longer a start or an end may take after each check.
	extension = 4 * checkEvery
)

// Phases of a service.
const (
	starting int32 = iota
	serving
	stopping
)

// health says whether the daemon works.
type health interface {
	// Check returns an error that names what hangs, or nil.
	Check() error
}

// Watchdog feeds systemd's watchdog (WatchdogSec=) as long as nothing hangs. While the
// service starts or stops, and nothing hangs, it asks for more time instead. It logs what
// hangs and shows it as the status line.
type Watchdog struct {
	notify *Notifier
	health health
	log    *slog.Logger
	every  time.Duration
	phase  atomic.Int32

	hangs bool // something hung at the last check
}

// NewWatchdog makes a watchdog that asks h. It reads the watchdog's time from the
// environment, and fails if that cannot be parsed.
func NewWatchdog(n *Notifier, h health, log *slog.Logger) (*Watchdog, error) {
	timeout, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return nil, fmt.Errorf("WatchdogSec= in the unit: %w", err)
	}
	every := checkEvery
	if timeout > 0 {
		every = min(every, timeout/pingsInTime)
	}
	return &Watchdog{notify: n, health: h, log: log, every: every}, nil
}

// Ready says that the service serves. From now on systemd ends a service that hangs.
func (w *Watchdog) Ready() {
	w.phase.Store(serving)
	w.notify.Ready()
}

// Stopping says that the service ends.
func (w *Watchdog) Stopping() {
	w.phase.Store(stopping)
	w.notify.Stopping()
}

// Run checks the loops until ctx ends.
func (w *Watchdog) Run(ctx context.Context) {
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for {
		w.check()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// check feeds the watchdog or asks for time, unless something hangs.
func (w *Watchdog) check() {
	err := w.health.Check()
	if err != nil {
		if !w.hangs {
			w.log.Error("systemd ends the service unless this ends by itself", "error", err)
		}
		w.notify.Status(err.Error())
	} else if w.hangs {
		w.log.Info("nothing hangs any more")
	}
	if w.hangs = err != nil; w.hangs {
		return
	}
	if w.phase.Load() == serving {
		w.notify.Alive()
	} else {
		w.notify.Extend(extension)
	}
}
