package gpio

import "fmt"

// Line is what is known of a pin without touching it.
type Line struct {
	Name   string // as the kernel has it, "" for a line without one
	Chip   string // "gpiochip0 (pinctrl-rp1)"
	Number int    // on that chip
	Holder string // who uses it, "" when nobody does
}

// Inspect looks at a pin of the board that the program runs on. Errors are those
// of [Board.Pin].
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

// Devices lists the chips that this user may use, by their paths, without
// starting a driver. Errors match [ErrNone], [ErrDenied] or [ErrDriver].
func Devices() ([]string, error) { return devices("/dev") }
