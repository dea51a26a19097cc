package daemon

import (
	"context"
	"slices"
	"strings"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/gpio"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// openControls takes the pins that the configuration names, and nothing when it
// names none.
func (s *Service) openControls(feeds []*feed) (*gpio.Controls, error) {
	board := s.opt.board
	if board == nil {
		board = gpio.Host()
	}
	cfg := s.config().GPIO
	live := slices.ContainsFunc(feeds, func(f *feed) bool { return !strings.HasPrefix(f.of.URI, "dir:") })
	return gpio.Open(gpio.Options{
		Trigger: gpio.TriggerOptions{
			Pin: cfg.Trigger.Pin, Edge: cfg.Trigger.Edge, Pull: cfg.Trigger.Pull,
			Debounce: time.Duration(cfg.Trigger.Debounce), Hold: time.Duration(cfg.Trigger.Hold), Optional: cfg.Trigger.Optional,
		},
		Lamp:   gpio.OutputOptions{Pin: cfg.Lamp.Pin, ActiveLow: cfg.Lamp.ActiveLow, Optional: cfg.Lamp.Optional},
		Warmup: time.Duration(cfg.Lamp.Warmup),
		LED:    gpio.OutputOptions{Pin: cfg.LED.Pin, ActiveLow: cfg.LED.ActiveLow, Optional: cfg.LED.Optional},
		Live:   live,
		State:  s.indication,
		Log:    s.log,
	}, board)
}

// indication is what the LED shows. It looks at nothing that would be slow.
func (s *Service) indication() gpio.State {
	learner := s.learner.shown()
	switch {
	case s.ingest.faulty() || learner == client.LearnFailed:
		return gpio.Fault
	case learner == client.LearnActive:
		return gpio.Learning
	}
	return gpio.Live
}

// faulty tells whether a source is silent or gone, or frames cannot be stored.
func (in *ingest) faulty() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, f := range in.feeds {
		if state, _ := f.source.State(); state == camera.StateStalled || state == camera.StateFailed {
			return true
		}
	}
	return in.failure != nil
}

// triggered is emit for frames that a trigger lets pass; those of folders
// always do. The others take no place in the queue and are not decoded here.
func (in *ingest) triggered(ctx context.Context, f camera.Frame) error {
	if f.File == nil && !in.controls.Wanted() {
		in.s.store.AddCount(storage.Untriggered, 1)
		return nil
	}
	return in.emit(ctx, f)
}
