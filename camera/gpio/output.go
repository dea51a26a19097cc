package gpio

import (
	"log/slog"

	periph "periph.io/x/conn/v3/gpio"
)

// output is a pin that is on or off. One goroutine at a time uses it.
type output struct {
	name      string // "gpio.lamp"
	pin       periph.PinIO
	activeLow bool
	log       *slog.Logger
	failing   bool // the last attempt failed, and that was logged
}

// set switches. A failure is logged when it begins: an LED must not fill a log.
func (o *output) set(on bool) {
	err := o.pin.Out(periph.Level(on != o.activeLow))
	if err != nil && !o.failing {
		o.log.Warn("the output cannot be switched", "output", o.name, "pin", o.pin.Name(), "error", err)
	}
	o.failing = err != nil
}
