package config

import (
	"fmt"
	"strings"
	"unicode"
)

// Pin is one pin that the configuration names.
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

// problems checks the form and what one key means for another; package
// camera/gpio knows which pins exist.
func (g GPIO) problems() []Problem {
	var problems []Problem
	users := map[string]string{} // section by pin
	for _, p := range g.Pins() {
		switch other, taken := users[p.Name]; {
		case strings.ContainsFunc(p.Name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
			problems = append(problems, Problem{Key: p.Section + ".pin", Text: fmt.Sprintf(
				"%q is not allowed: give a name like GPIO17, P1_11 or gpiochip0:17, or nothing", p.Name)})
		case taken:
			problems = append(problems, Problem{Key: p.Section + ".pin", Text: fmt.Sprintf(
				"%q is not allowed: it is %s.pin already; give another one, or nothing", p.Name, other)})
		default:
			users[p.Name] = p.Section
		}
	}
	// A window that closes before the lamp is warm would let no frame through, ever.
	if g.Trigger.Pin != "" && g.Lamp.Pin != "" && g.Lamp.Warmup >= g.Trigger.Hold {
		problems = append(problems, Problem{Key: "gpio.lamp.warmup", Text: fmt.Sprintf(
			"%v is not allowed: give less than gpio.trigger.hold, which is %v", g.Lamp.Warmup, g.Trigger.Hold)})
	}
	return problems
}
