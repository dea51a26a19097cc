package daemon

import (
	"context"

	"edgeclr/daemon/heartbeat"
)

// Pause holds the learner before its next step; ingestion and queries go on.
func (s *Service) Pause() {
	l := s.learner
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.paused {
		l.paused, l.resumed = true, make(chan struct{})
	}
}

// Resume lets the learner go on.
func (s *Service) Resume() {
	l := s.learner
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused {
		l.paused = false
		close(l.resumed)
	}
}

// untilResumed waits while the learner is paused, which is no hang.
func (l *learner) untilResumed(ctx context.Context) error {
	for {
		l.mu.Lock()
		paused, resumed := l.paused, l.resumed
		l.mu.Unlock()
		if !paused {
			return ctx.Err()
		}
		if err := heartbeat.Wait(ctx, resumed); err != nil {
			return err
		}
	}
}
