package gpio

import (
	"log/slog"
	"time"
)

// Edges that open the window.
const (
	Rising  = "rising"  // active is high
	Falling = "falling" // active is low
	Both    = "both"    // no level is active; each change counts
)

// Pulls are the resistors of an input.
const (
	PullNone = "none" // as the board has set it
	PullUp   = "up"
	PullDown = "down"
)

// Options name the pins and say what they do. The zero value has none.
type Options struct {
	Trigger TriggerOptions
	Lamp    OutputOptions
	LED     OutputOptions

	// Warmup is how long the lamp is on before a frame is wanted.
	Warmup time.Duration

	// Live says that there are sources for the lamp to light. Without any it
	// stays off.
	Live bool

	// State is what the LED shows; it is asked a few times a second at most.
	// Nil is always [Live].
	State func() State

	// Log receives warnings; nil discards.
	Log *slog.Logger
}

// TriggerOptions describe an input.
type TriggerOptions struct {
	Pin      string        // "": none
	Edge     string        // Rising (also ""), Falling or Both
	Pull     string        // PullNone (also ""), PullUp or PullDown
	Debounce time.Duration // the level counts once it has rested for so long; 0: every edge counts
	Hold     time.Duration // the window stays open for so long after the input came to rest
	Optional bool
}

// OutputOptions describe an output.
type OutputOptions struct {
	Pin       string // "": none
	ActiveLow bool   // low is on
	Optional  bool
}
