package heartbeat

import (
	"fmt"
	"time"
)

// LateError says which loop has not ticked in time.
type LateError struct {
	Name    string
	Silent  time.Duration // since its last tick
	Allowed time.Duration
}

func (e *LateError) Error() string {
	return fmt.Sprintf("%s hangs: no sign of life for %v, and %v are allowed", e.Name, e.Silent.Round(time.Second), e.Allowed.Round(time.Second))
}
