package serving

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/daemon/heartbeat"
)

// A loop that waits for a promotion of hours does not hang, and can be stopped.
func TestWaitingForTheLongLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		heart, held := &heartbeat.Monitor{}, newLongLock()
		if err := held.lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(heartbeat.With(t.Context(), heart.Beat("waits", heartbeat.LoopTime)))
		waited := make(chan error, 2)
		go func() { waited <- held.lock(ctx) }()
		for range 3 * 60 { // hours, in the time of the test
			time.Sleep(time.Minute)
			if err := heart.Check(); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		if err := <-waited; !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
		go func() { waited <- held.lock(t.Context()) }()
		held.unlock()
		if err := <-waited; err != nil {
			t.Error(err)
		}
	})
}
