package v4l2

import (
	"fmt"
	"strconv"
	"strings"
)

// Control is one setting of a camera.
type Control struct {
	ID uint32

	// Name is the driver's name in lower case, with _ for everything but letters and
	// digits, as v4l2-ctl prints it: "power_line_frequency".
	Name string

	// Type is "int", "bool", "menu", "button", "int64", "intmenu", "bitmask",
	// "string" or "other".
	Type string

	// Min, Max and Step bound the value.
	Min, Max, Step, Default int64

	// Value is the current one; 0 where it cannot be read.
	Value int64

	// Items are the entries of a menu.
	Items []Item

	// ReadOnly says that it cannot be set. Inactive says that it has no effect
	// because of another control, mostly an automatic one.
	ReadOnly, Inactive bool
}

// Item is one entry of a menu.
type Item struct {
	Index int64
	Name  string
}

// controlTypes are the names of the types of controls.
var controlTypes = map[uint32]string{
	ctrlInteger: "int", ctrlBoolean: "bool", ctrlMenu: "menu", ctrlButton: "button", ctrlInteger64: "int64",
	ctrlString: "string", ctrlBitmask: "bitmask", ctrlIntegerMenu: "intmenu",
}

// normalized writes a name as v4l2-ctl does.
func normalized(name string) string {
	var b strings.Builder
	gap := false
	for _, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if c >= 'A' && c <= 'Z' {
			c, letter = c+'a'-'A', true
		}
		if !letter {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('_')
		}
		gap = false
		b.WriteByte(c)
	}
	return b.String()
}

// aliases are the names of controls before and since Linux 5.16, so that a
// configuration survives an upgrade in both directions.
var aliases = map[string]uint32{
	"exposure_auto": cidExposureAuto, "auto_exposure": cidExposureAuto,
	"exposure_absolute": cidExposureAbsolute, "exposure_time_absolute": cidExposureAbsolute,
	"focus_auto": cidFocusAuto, "focus_automatic_continuous": cidFocusAuto,
	"white_balance_temperature_auto": cidAutoWhiteBalance, "white_balance_automatic": cidAutoWhiteBalance,
}

// findControl looks up a control by its name. The error matches [ErrSetting] and lists the names.
func findControl(controls []Control, name string) (Control, error) {
	name = normalized(name)
	var all []string
	for _, c := range controls {
		if c.Name == name || c.ID == aliases[name] {
			return c, nil
		}
		all = append(all, c.Name)
	}
	return Control{}, fmt.Errorf("%w: it has no control %q; it has %s", ErrSetting, name, listed(all))
}

func listed(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// parse reads a value and checks it against the range. The error says what is allowed.
func (c Control) parse(value string) (int64, error) {
	if c.ReadOnly {
		return 0, fmt.Errorf("%w: %s can only be read", ErrSetting, c.Name)
	}
	for _, item := range c.Items {
		if normalized(value) == normalized(item.Name) || value == strconv.FormatInt(item.Index, 10) {
			return item.Index, nil
		}
	}
	n, err := strconv.ParseInt(value, 0, 64)
	switch {
	case c.Type == "button":
		return 0, nil
	case c.Type == "bool" && (value == "true" || value == "on"):
		return 1, nil
	case c.Type == "bool" && (value == "false" || value == "off"):
		return 0, nil
	case c.Type == "string" || c.Type == "other" || len(c.Items) > 0 || err != nil:
	case c.Type == "bitmask" && n&^c.Max == 0:
		return n, nil
	case c.Type != "bitmask" && n >= c.Min && n <= c.Max && (c.Step < 2 || (n-c.Min)%c.Step == 0):
		return n, nil
	}
	return 0, fmt.Errorf("%w: %s cannot be %q; allowed is %s", ErrSetting, c.Name, value, c.allowed())
}

// allowed says which values a control takes.
func (c Control) allowed() string {
	switch {
	case c.Type == "string" || c.Type == "other":
		return "nothing: controls of this type are not set"
	case c.Type == "bool":
		return "true or false"
	case c.Type == "bitmask":
		return fmt.Sprintf("any bits of 0x%x", c.Max)
	case len(c.Items) > 0:
		var all []string
		for _, item := range c.Items {
			all = append(all, fmt.Sprintf("%d or %s", item.Index, normalized(item.Name)))
		}
		return strings.Join(all, ", ")
	case c.Step > 1:
		return fmt.Sprintf("%d to %d in steps of %d", c.Min, c.Max, c.Step)
	}
	return fmt.Sprintf("%d to %d", c.Min, c.Max)
}
