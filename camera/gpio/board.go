package gpio

import periph "periph.io/x/conn/v3/gpio"

// Board is where pins come from.
type Board interface {
	// Pin finds a pin by its name and changes nothing about it. The same pin
	// under two names is the same value. Errors match [ErrNone], [ErrUnknown],
	// [ErrDenied] or [ErrDriver].
	Pin(name string) (periph.PinIO, error)

	// Release gives a pin back that was used.
	Release(periph.PinIO)
}
