package gpio

import "time"

// State is what the LED shows.
type State int

// States, in the order of docs/configuration.md.
const (
	Live     State = iota // sources are watched
	Learning              // and a round of learning goes on
	Fault                 // something needs a person
)

// String is the word that status shows.
func (s State) String() string {
	switch s {
	case Learning:
		return "learning"
	case Fault:
		return "fault"
	}
	return "live"
}

// phase is a part of a pattern.
type phase struct {
	on     bool
	length time.Duration
}

// pattern is played again and again. That of Live is a flash and not a steady
// light: a line may keep its level when the process that set it is gone.
func (s State) pattern() []phase {
	switch s {
	case Learning:
		return []phase{{true, time.Second}, {false, time.Second}}
	case Fault:
		return []phase{{true, 125 * time.Millisecond}, {false, 125 * time.Millisecond}}
	}
	return []phase{{true, 100 * time.Millisecond}, {false, 1900 * time.Millisecond}}
}
