package storage

import (
	"context"
	"time"
)

// settleClock notes that retention looks at the clock now, and judges whether
// the clock can be trusted (see Retention.MaxAge).
func (s *Store) settleClock(ctx context.Context, maxAge time.Duration) error {
	if maxAge <= 0 {
		return nil
	}
	now := s.opt.Now().UTC()
	var age ageClock
	var frames int
	s.state.read(func(st *state) { age, frames = st.Age, st.Frames })
	next := age.at(now, frames)
	// Writing each minute that nothing happened would wear the card.
	if next == age || next.Jumped.Equal(age.Jumped) && next.Budget == age.Budget &&
		now.Sub(age.Last) >= 0 && now.Sub(age.Last) < time.Hour {
		return nil
	}
	return s.update(ctx, "note the time", func(t txn) error {
		t.st.Age = t.st.Age.at(now, t.st.Frames)
		return nil
	})
}

// at is the clock's judgement at a new time, with that many frames stored.
func (a ageClock) at(now time.Time, frames int) ageClock {
	switch {
	case a.Last.IsZero(): // the first look: nothing to compare with
		return ageClock{Last: now}
	case now.Before(a.Last): // it went back: what it said before was wrong
		return ageClock{Last: now}
	case now.Sub(a.Last) > clockJump:
		return ageClock{Last: now, Jumped: now, Budget: max(frames/clockShare, 1)}
	case !a.Jumped.IsZero() && now.Sub(a.Jumped) >= clockTrial:
		return ageClock{Last: now}
	}
	a.Last = now
	return a
}

// plausible says whether a frame's time can be compared with now.
func plausible(stored, now time.Time) bool {
	return stored.Year() >= 2020 && !stored.After(now.Add(clockJump))
}
