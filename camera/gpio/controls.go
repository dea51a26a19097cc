package gpio

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	periph "periph.io/x/conn/v3/gpio"
)

// Controls own the pins of a daemon. They are safe for concurrent use.
type Controls struct {
	board   Board
	log     *slog.Logger
	trigger *trigger // nil: the window is always open
	lamp    *lamp    // nil: none
	led     *led     // nil: none
	live    bool
	held    []periph.PinIO

	stop    context.CancelFunc
	running sync.WaitGroup
}

// Status is the state of the configured pins.
type Status struct {
	Trigger string `json:"trigger,omitempty"` // waiting or open
	Lamp    string `json:"lamp,omitempty"`    // on or off
	LED     string `json:"led,omitempty"`     // live, learning or fault
}

// Open opens the pins and starts the goroutines that drive them. The error joins
// everything that is wrong with pins that are not optional; no pin is held then.
func Open(o Options, board Board) (*Controls, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.State == nil {
		o.State = func() State { return Live }
	}
	c := &Controls{board: board, log: o.Log, live: o.Live, stop: func() {}}
	if err := c.openPins(o); err != nil {
		c.Close()
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	switch {
	case c.trigger != nil:
		c.running.Go(func() { c.watch(ctx) })
	case c.lamp != nil:
		c.lamp.set(c.live, time.Now())
	}
	if c.led != nil {
		c.running.Go(func() { c.led.run(ctx) })
	}
	return c, nil
}

// openPins finds and configures the pins.
func (c *Controls) openPins(o Options) error {
	return errors.Join(
		c.pin("gpio.trigger", o.Trigger.Pin, o.Trigger.Optional, func(pin periph.PinIO) (err error) {
			c.trigger, err = newTrigger(pin, o.Trigger)
			return err
		}),
		c.output("gpio.lamp", o.Lamp, func(out *output) { c.lamp = &lamp{warmup: o.Warmup, out: out} }),
		c.output("gpio.led", o.LED, func(out *output) { c.led = &led{out: out, state: o.State} }),
	)
}

// output opens a pin and switches it off.
func (c *Controls) output(name string, o OutputOptions, use func(*output)) error {
	return c.pin(name, o.Pin, o.Optional, func(pin periph.PinIO) error {
		if err := pin.Out(periph.Level(o.ActiveLow)); err != nil {
			return explain(pin, err)
		}
		use(&output{name: name, pin: pin, activeLow: o.ActiveLow, log: c.log})
		return nil
	})
}

// pin opens one pin. An empty name means no pin.
func (c *Controls) pin(section, name string, optional bool, configure func(periph.PinIO) error) error {
	if name == "" {
		return nil
	}
	pin, err := c.board.Pin(name)
	switch {
	case err != nil:
	case slices.Contains(c.held, pin):
		return fmt.Errorf("%s.pin %s: %w by another key of section gpio: the two names mean the same pin", section, name, ErrInUse)
	default:
		if err = configure(pin); err == nil {
			c.held = append(c.held, pin)
			return nil
		}
		c.board.Release(pin)
	}
	if optional {
		c.log.Warn("a pin is not available; the daemon runs without it, since the key says optional", "key", section+".pin", "pin", name, "error", err)
		return nil
	}
	return fmt.Errorf("%s.pin %s: %w (set %s.optional to run without it)", section, name, err, section)
}

// watch drives the trigger and the lamp until ctx ends.
func (c *Controls) watch(ctx context.Context) {
	for ctx.Err() == nil {
		if now := time.Now(); c.lamp != nil {
			c.lamp.set(c.live && c.trigger.open(now), now)
		}
		c.trigger.poll(ctx)
	}
}

// Wanted reports whether a frame that is taken now counts: the window is open and the
// lamp, if there is one, is warm.
func (c *Controls) Wanted() bool {
	now := time.Now()
	return (c.trigger == nil || c.trigger.open(now)) && (c.lamp == nil || c.lamp.warm(now))
}

// Status returns the state of the pins. It is the zero value without pins.
func (c *Controls) Status() Status {
	var st Status
	if c.trigger != nil {
		st.Trigger = "waiting"
		if c.trigger.open(time.Now()) {
			st.Trigger = "open"
		}
	}
	if c.lamp != nil {
		st.Lamp = "off"
		if c.lamp.lit() {
			st.Lamp = "on"
		}
	}
	if c.led != nil {
		st.LED = State(c.led.shown.Load()).String()
	}
	return st
}

// Close ends the goroutines, which takes 250 ms at most, switches the outputs off and
// releases the pins. A second Close does nothing.
func (c *Controls) Close() {
	c.stop()
	c.running.Wait()
	if c.lamp != nil {
		c.lamp.set(false, time.Time{})
	}
	if c.led != nil {
		c.led.out.set(false)
	}
	for _, pin := range c.held {
		c.board.Release(pin)
	}
	c.held = nil
}
