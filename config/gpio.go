package config

import (
	"fmt"
	"strings"
	"unicode"
)

// Values of the keys of GPIO that offer a choice.
const (
	EdgeRising  = "rising"
	EdgeFalling = "falling"
	EdgeBoth    = "both"

	PullNone = "none"
	PullUp   = "up"
	PullDown = "down"
)

// GPIO names pins of the board: by the name of the line ("GPIO17"), by the
// place on a Raspberry Pi's header ("P1_11"), or by chip and number
// ("gpiochip0:17"). "" is none. See camera/gpio.
type GPIO struct {
	Trigger Trigger `yaml:"trigger"`
	Lamp    Lamp    `yaml:"lamp"`
	LED     LED     `yaml:"led"`
}

// Trigger is an input that says when frames of live sources are taken.
type Trigger struct {
	Pin      string   `yaml:"pin"`
	Edge     string   `yaml:"edge"`     // the edge that opens: EdgeRising, EdgeFalling or EdgeBoth
	Pull     string   `yaml:"pull"`     // resistor of the board: PullUp, PullDown, or PullNone, which leaves it as it is
	Debounce Duration `yaml:"debounce"` // how long the level must rest before it counts
	Hold     Duration `yaml:"hold"`     // how long frames pass after the last edge
	Optional bool     `yaml:"optional"` // without the pin the daemon runs untriggered
}

// Lamp is an output that lights what a live source sees.
type Lamp struct {
	Pin       string   `yaml:"pin"`
	ActiveLow bool     `yaml:"active_low"` // low switches the lamp on
	Warmup    Duration `yaml:"warmup"`     // how long the lamp is on before frames count
	Optional  bool     `yaml:"optional"`   // without the pin the daemon runs in the dark
}

// LED is an output that shows the state of the daemon.
type LED struct {
	Pin       string `yaml:"pin"`
	ActiveLow bool   `yaml:"active_low"` // low switches the LED on
	Optional  bool   `yaml:"optional"`   // without the pin nothing is shown
}

// Pin is a pin that the configuration names.
type Pin struct {
	Section  string // "gpio.trigger"
	Name     string
	Optional bool
}

// Pins lists the pins that are named, in the order of the file.
func (g GPIO) Pins() []Pin {
	var named []Pin
	for _, p := range []Pin{
		{"gpio.trigger", g.Trigger.Pin, g.Trigger.Optional},
		{"gpio.lamp", g.Lamp.Pin, g.Lamp.Optional},
		{"gpio.led", g.LED.Pin, g.LED.Optional},
	} {
		if p.Name != "" {
			named = append(named, p)
		}
	}
	return named
}

// problems checks the form of names and how the keys fit together. Only package
// camera/gpio knows which pins exist.
func (g GPIO) problems() []Problem {
	var problems []Problem
	users := map[string]string{} // pin -> section
	for _, p := range g.Pins() {
		switch other, taken := users[p.Name]; {
		case strings.ContainsFunc(p.Name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
			problems = append(problems, Problem{Key: p.Section + ".pin", Text: fmt.Sprintf(
				"%q is not allowed: give a name like GPIO17, P1_11 or gpiochip0:17, or nothing", p.Name)})
		case taken:
			problems = append(problems, Problem{Key: p.Section + ".pin", Text: fmt.Sprintf(
				"%q is not allowed: %s.pin has it already; give another pin, or nothing", p.Name, other)})
		default:
			users[p.Name] = p.Section
		}
	}
	// A trigger that closes before the lamp is warm would never let a frame through.
	if g.Trigger.Pin != "" && g.Lamp.Pin != "" && g.Lamp.Warmup >= g.Trigger.Hold {
		problems = append(problems, Problem{Key: "gpio.lamp.warmup", Text: fmt.Sprintf(
			"%v is not allowed: give less than gpio.trigger.hold, which is %v", g.Lamp.Warmup, g.Trigger.Hold)})
	}
	return problems
}
