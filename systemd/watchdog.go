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
	// checkEvery is how often the loops are looked at where no watchdog asks for it oftener.
	checkEvery = 15 * time.Second
	// pingsInTime are sent within the time that the watchdog waits for one.
	pingsInTime = 4
	// extension is how much longer a start or an end may take after each look.
	extension = 4 * checkEvery
)

// Phases of a service.
const (
	starting int32 = iota
	serving
	stopping
)

// health is what the watchdog is fed by.
type health interface {
	// Check gives an error that names what hangs, nil when nothing does.
	Check() error
}

// Watchdog feeds systemd's watchdog (WatchdogSec=) as long as nothing hangs. While
// the service starts or stops it asks for more time instead, on the same
// condition. What hangs is logged and becomes the last status line.
type Watchdog struct {
	notify *Notifier
	health health
	log    *slog.Logger
	every  time.Duration
	phase  atomic.Int32

	hangs bool // at the last look
}

// NewWatchdog reads from the environment how often it is to be fed.
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

// Ready says that the service serves: from now on a hang ends it.
func (w *Watchdog) Ready() {
	w.phase.Store(serving)
	w.notify.Ready()
}

// Stopping says that the service ends.
func (w *Watchdog) Stopping() {
	w.phase.Store(stopping)
	w.notify.Stopping()
}

// Run looks at the loops until ctx ends.
func (w *Watchdog) Run(ctx context.Context) {
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for {
		w.look()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look feeds the watchdog, or asks for time, unless something hangs.
func (w *Watchdog) look() {
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
