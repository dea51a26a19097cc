package daemon

import (
	"context"

	"edgeclr/daemon/heartbeat"
)

// turn is a lock that may be held for hours: who waits for it ticks, and gives up
// with its context.
type turn chan struct{} // holds a value while it is free

func newTurn() turn {
	t := make(turn, 1)
	t.give()
	return t
}

// take waits for the turn. Whoever gets no error gives it back.
func (t turn) take(ctx context.Context) error { return heartbeat.Wait(ctx, t) }

func (t turn) give() { t <- struct{}{} }
