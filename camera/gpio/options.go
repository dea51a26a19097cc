package gpio

import (
	"log/slog"
	"time"
)

// Edges that open the window.
const (
	Rising  = "rising"  // active is high
	Falling = "falling" // active is low
	Both    = "both"    // no level is active; each edge counts
)

// Pulls are the resistors of an input.
const (
	PullNone = "none" // as the board sets it
	PullUp   = "up"
	PullDown = "down"
)

// Options name the pins and configure them. The zero value names none.
type Options struct {
	Trigger TriggerOptions
	Lamp    OutputOptions
	LED     OutputOptions

	// Warmup is how long the lamp is on before a frame is wanted.
	Warmup time.Duration

	// Live says that there are cameras. Without any the lamp stays off.
	Live bool

	// State returns what the LED shows. It is called a few times a second at most. Nil
	// means always [Live].
	State func() State

	// Log receives warnings; nil discards them.
	Log *slog.Logger
}

// TriggerOptions describe an input.
type TriggerOptions struct {
	Pin      string        // "": none
	Edge     string        // Rising (also ""), Falling or Both
	Pull     string        // PullNone (also ""), PullUp or PullDown
	Debounce time.Duration // how long a level must be stable to count; 0: every edge counts
	Hold     time.Duration // how long the window stays open after the input was active
	Optional bool
}

// OutputOptions describe an output.
type OutputOptions struct {
	Pin       string // "": none
	ActiveLow bool   // low is on
	Optional  bool
}
