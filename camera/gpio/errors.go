package gpio

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// Why a pin is not available.
var (
	ErrNone    = errors.New("this board has no GPIO")
	ErrUnknown = errors.New("there is no such pin")
	ErrInUse   = errors.New("the pin is in use")
	ErrDenied  = errors.New("no permission to use GPIO")
	ErrDriver  = errors.New("the kernel's GPIO cannot be used")
)

// deniedRemedy says how a user gets access.
const deniedRemedy = "add the user to the group that owns /dev/gpiochip* (sudo usermod -aG gpio USER, then log in again); " +
	"where that is root, first give the devices to a group with the udev rule in docs/configuration.md"

// explain turns the kernel's error about a pin into one of the errors above. periph
// keeps only the text of a system call's error, so explain compares the text.
func explain(pin any, err error) error {
	is := func(e syscall.Errno) bool { return errors.Is(err, e) || strings.Contains(err.Error(), e.Error()) }
	switch {
	case is(syscall.EBUSY):
		return fmt.Errorf("%w by %s: stop that, or name another pin (%w)", ErrInUse, holder(pin), err)
	case errors.Is(err, fs.ErrPermission), is(syscall.EPERM), is(syscall.EACCES):
		return fmt.Errorf("%w: %s (%w)", ErrDenied, deniedRemedy, err)
	case is(syscall.ENXIO):
		return fmt.Errorf("%w: the chip has no interrupts, which a trigger needs; name a pin of the board itself and not of an expander (%w)", ErrDriver, err)
	}
	return fmt.Errorf("%w: %w", ErrDriver, err)
}

// holder names who held the pin when periph looked at the board.
func holder(pin any) string {
	if c, ok := pin.(interface{ Consumer() string }); ok && c.Consumer() != "" {
		return c.Consumer()
	}
	return "another program or a driver of the kernel"
}
