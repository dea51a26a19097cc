package gpio

import (
	"context"
	"sync/atomic"

	"edgeclr/camera/wait"
)

// led plays the pattern of a state.
type led struct {
	out   *output
	state func() State
	shown atomic.Int32 // the State under way
}

// run plays until ctx ends. A new state begins with its own pattern when the
// one before has been played to its end, 2 s at most.
func (l *led) run(ctx context.Context) {
	for {
		state := l.state()
		l.shown.Store(int32(state))
		for _, p := range state.pattern() {
			l.out.set(p.on)
			if !wait.For(ctx, p.length) {
				return
			}
		}
	}
}
