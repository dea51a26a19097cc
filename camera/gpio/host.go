package gpio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"periph.io/x/conn/v3/driver/driverreg"
	periph "periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/host/v3/gpioioctl"
)

// Host is the board that the program runs on.
func Host() Board { return host{} }

type host struct{}

// Pin implements [Board].
func (host) Pin(name string) (periph.PinIO, error) {
	line, _, err := find(name)
	if err != nil {
		return nil, err
	}
	return line, nil
}

// Release implements [Board].
func (host) Release(pin periph.PinIO) {
	if line, ok := pin.(*gpioioctl.GPIOLine); ok {
		line.Close()
	}
}

// chips starts periph's driver, which looks at each chip once in the life of the process.
// No other function starts it, so no driver runs on a board whose configuration names no
// pin.
func chips() ([]*gpioioctl.GPIOChip, error) {
	if _, err := devices("/dev"); err != nil {
		return nil, err
	}
	state, err := driverreg.Init()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDriver, err)
	}
	if len(gpioioctl.Chips) == 0 {
		for _, failure := range slices.Concat(state.Failed, state.Skipped) {
			err = errors.Join(err, errors.New(failure.String()))
		}
		return nil, fmt.Errorf("%w: Linux 5.10 or later is needed (%w)", ErrDriver, err)
	}
	return gpioioctl.Chips, nil
}

// devices lists the chips that this user may open. It reports missing chips and missing
// permission, since the driver only logs them.
func devices(folder string) ([]string, error) {
	all, err := filepath.Glob(filepath.Join(folder, "gpiochip*"))
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: there is no %s/gpiochip*; if it should have, load the driver of its chip", ErrNone, folder)
	}
	var usable []string
	var failure error
	for _, path := range all {
		f, err := os.Open(path)
		if err != nil {
			failure = err
			continue
		}
		usable = append(usable, path)
		err = f.Close()
		failure = errors.Join(failure, err)
	}
	switch {
	case len(usable) > 0:
		return usable, nil
	case errors.Is(failure, fs.ErrPermission):
		return nil, fmt.Errorf("%w: %s (%w)", ErrDenied, deniedRemedy, failure)
	}
	return nil, fmt.Errorf("%w: %w", ErrDriver, failure)
}

// find returns the line with that name, and its chip.
func find(name string) (*gpioioctl.GPIOLine, *gpioioctl.GPIOChip, error) {
	all, err := chips()
	if err != nil {
		return nil, nil, err
	}
	wanted, err := headerLine(name, model())
	if err != nil {
		return nil, nil, err
	}
	if device, number, ok := strings.Cut(wanted, ":"); ok && strings.HasPrefix(device, "gpiochip") {
		return byNumber(all, device, number)
	}
	if pin := gpioreg.ByName(wanted); pin != nil {
		for _, chip := range all {
			for _, line := range chip.Lines() {
				if periph.PinIO(line) == pin {
					return line, chip, nil
				}
			}
		}
	}
	return nil, nil, fmt.Errorf("%w; there are %s", ErrUnknown, listSome(names()))
}

// byNumber finds a line by its number.
func byNumber(all []*gpioioctl.GPIOChip, device, number string) (*gpioioctl.GPIOLine, *gpioioctl.GPIOChip, error) {
	var known []string
	for _, chip := range all {
		if chip.Name() != device {
			known = append(known, fmt.Sprintf("%s:0 to %d", chip.Name(), chip.LineCount()-1))
			continue
		}
		n, err := strconv.ParseUint(number, 10, 31)
		if err != nil || int(n) >= len(chip.Lines()) {
			return nil, nil, fmt.Errorf("%w: %s has lines 0 to %d", ErrUnknown, device, chip.LineCount()-1)
		}
		return chip.Lines()[n], chip, nil
	}
	return nil, nil, fmt.Errorf("%w; there are %s", ErrUnknown, listSome(known))
}

// names lists the names of lines.
func names() []string {
	var all []string
	for _, pin := range gpioreg.All() {
		all = append(all, pin.Name())
	}
	return all
}

// someNames is the largest number of names in a message. They are enough to see how the
// board names its pins.
const someNames = 40

// listSome joins the names, at most someNames of them.
func listSome(names []string) string {
	if len(names) == 0 {
		return "no names; give chip and number, like gpiochip0:17"
	}
	if more := len(names) - someNames; more > 0 {
		return strings.Join(names[:someNames], ", ") + fmt.Sprintf(" and %d more, which `gpioinfo` lists", more)
	}
	return strings.Join(names, ", ")
}

// model returns the name of the board in the device tree, "" without one.
func model() string {
	text, err := os.ReadFile("/proc/device-tree/model")
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(text), "\x00\n")
}

// Board supplies pins.
type Board interface {
	// Pin finds a pin by its name and does not change it. It returns the same value
	// for two names of one pin. Errors match [ErrNone], [ErrUnknown],
	// [ErrDenied] or [ErrDriver].
	Pin(name string) (periph.PinIO, error)

	// Release releases a pin that was used.
	Release(periph.PinIO)
}

// Line describes a pin. It is read without changing the pin.
type Line struct {
	Name   string // as the kernel has it, "" for a line without one
	Chip   string // "gpiochip0 (pinctrl-rp1)"
	Number int    // on that chip
	Holder string // who uses it, "" when nobody does
}

// Inspect describes a pin of the board that the program runs on. Errors are those of
// [Board.Pin].
func Inspect(name string) (Line, error) {
	line, chip, err := find(name)
	if err != nil {
		return Line{}, err
	}
	return Line{
		Name:   line.Name(),
		Chip:   fmt.Sprintf("%s (%s)", chip.Name(), chip.Label()),
		Number: line.Number(),
		Holder: line.Consumer(),
	}, nil
}

// Devices lists the paths of the chips that this user may use. It starts no driver. Errors
// match [ErrNone], [ErrDenied] or [ErrDriver].
func Devices() ([]string, error) { return devices("/dev") }
