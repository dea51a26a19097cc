package ingest

import (
	"slices"
	"strings"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/gpio"
	"edgeclr/daemon/client"
)

// openControls takes the pins that the configuration names. It takes none when the
// configuration names none.
func (in *Ingest) openControls(feeds Feeds) (*gpio.Controls, error) {
	board := in.Board
	if board == nil {
		board = gpio.Host()
	}
	cfg := in.Config().GPIO
	live := slices.ContainsFunc(feeds, func(f *feed) bool { return !strings.HasPrefix(f.config.URI, "dir:") })
	return gpio.Open(gpio.Options{
		Trigger: gpio.TriggerOptions{
			Pin: cfg.Trigger.Pin, Edge: cfg.Trigger.Edge, Pull: cfg.Trigger.Pull,
			Debounce: time.Duration(cfg.Trigger.Debounce), Hold: time.Duration(cfg.Trigger.Hold), Optional: cfg.Trigger.Optional,
		},
		Lamp:   gpio.OutputOptions{Pin: cfg.Lamp.Pin, ActiveLow: cfg.Lamp.ActiveLow, Optional: cfg.Lamp.Optional},
		Warmup: time.Duration(cfg.Lamp.Warmup),
		LED:    gpio.OutputOptions{Pin: cfg.LED.Pin, ActiveLow: cfg.LED.ActiveLow, Optional: cfg.LED.Optional},
		Live:   live,
		State:  in.indication,
		Log:    in.Log,
	}, board)
}

// indication is what the LED shows. It is called often and does nothing slow.
func (in *Ingest) indication() gpio.State {
	learner := in.Learner()
	switch {
	case in.faulty() || learner == client.LearnFailed:
		return gpio.Fault
	case learner == client.LearnActive:
		return gpio.Learning
	}
	return gpio.Live
}

// faulty tells whether a source is stalled or has failed, or frames cannot be stored.
func (in *Ingest) faulty() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, f := range in.feeds {
		if state, _ := f.source.State(); state == camera.StateStalled || state == camera.StateFailed {
			return true
		}
	}
	return in.failure != nil
}
