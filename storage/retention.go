package storage

import (
	"context"
	"errors"
	"time"
)

// Retention says which frames may be deleted. The zero value keeps all. A frame
// with a label is never deleted. The oldest by number go first.
type Retention struct {
	// MaxBytes bounds the live bytes of the whole store (Store.Usage), checkpoints
	// included. When they pass it, frames are deleted down to 95 % of it, so that
	// the next frame does not pass it again. 0: no bound.
	MaxBytes int64

	// MaxAge is how long a frame is kept, by the time it was stored. 0: no bound.
	//
	// A board's clock is not to be trusted. A frame with a time before 2020 or in
	// the future goes together with the next frame that has a plausible time. When
	// the clock is found more than a day ahead of the last call, it was wrong, is
	// wrong now, or the board was off: at most a twentieth of the frames may then go
	// by age during the next 24 hours.
	MaxAge time.Duration

	// MinFree is how much must be free to write, on the disk and inside the file
	// together. Deleting frames gives the disk nothing back (see Compact), but the
	// store then needs nothing more from it. So a disk that other programs fill
	// costs at most MinFree worth of frames. 0: no bound.
	MinFree int64

	// KeepNewest is how many of the newest frames stay whatever the bounds say, so
	// that a store that checkpoints fill does not lose all its frames.
	KeepNewest int
}

// RetainResult is what Store.Retain did.
type RetainResult struct {
	IDs    []FrameID // of the deleted frames
	Frames int       // how many they are
	Bytes  int64     // by how much the live bytes fell
	Short  bool      // a bound by size is still passed: the frames that are left must stay
}

// Retain deletes frames until the bounds are kept. A frame goes with its
// pictures, the one to learn from included, its vectors of all checkpoints and
// its sightings. Retain works in small transactions. Call it every minute or so,
// always with the same bounds. After an error, what was deleted is gone, and the
// result says how much.
func (s *Store) Retain(ctx context.Context, r Retention) (RetainResult, error) {
	var res RetainResult
	before, _, err := s.Usage()
	if err != nil {
		return res, err
	}
	goal, over, err := s.retentionGoal(r, before)
	if err != nil {
		return res, err
	}
	if err := s.updateAgeClock(ctx, r.MaxAge); err != nil {
		return res, err
	}
	if !over && r.MaxAge <= 0 {
		return res, nil
	}
	p := s.newPruner(r, goal, over)
	for more := true; more && err == nil; {
		var deleted []FrameID
		deleted, more, err = p.slice(ctx)
		res.IDs = append(res.IDs, deleted...)
		res.Frames += len(deleted)
	}
	live, _, uerr := s.Usage()
	res.Bytes, res.Short = max(before-live, 0), over && live > goal
	return res, errors.Join(err, uerr)
}

// retentionGoal returns the live bytes to come down to, and whether a bound by
// size is passed.
func (s *Store) retentionGoal(r Retention, live int64) (goal int64, over bool, err error) {
	goal = live
	if r.MaxBytes > 0 && live > r.MaxBytes {
		goal, over = r.MaxBytes/20*19, true
	}
	if r.MinFree > 0 {
		free, err := s.freeDisk()
		if err != nil {
			return 0, false, err
		}
		_, file, err := s.Usage()
		if err != nil {
			return 0, false, err
		}
		if lack := r.MinFree - free - (file - live); lack > 0 {
			goal, over = min(goal, live-lack), true
		}
	}
	return goal, over, nil
}

const (
	clockJump     = 24 * time.Hour // a longer step between two calls is suspicious
	distrustTime  = 24 * time.Hour // how long the clock is not trusted then
	distrustShare = 20             // 1/distrustShare of the frames may go meanwhile
)

// ageClock is what retention by age knows of the wall clock.
type ageClock struct {
	Last   time.Time `json:"last"`   // when retention last looked
	Jumped time.Time `json:"jumped"` // when the clock was found far ahead of Last; zero: it is trusted
	Budget int       `json:"budget"` // frames that may still go while it is not trusted
}

// next returns the ageClock after a look at the time now. frames is the number of
// frames in the store.
func (a ageClock) next(now time.Time, frames int) ageClock {
	switch {
	case a.Last.IsZero(): // the first look: nothing to compare with
		return ageClock{Last: now}
	case now.Before(a.Last): // the clock went back: what it said before was wrong
		return ageClock{Last: now}
	case now.Sub(a.Last) > clockJump:
		return ageClock{Last: now, Jumped: now, Budget: max(frames/distrustShare, 1)}
	case !a.Jumped.IsZero() && now.Sub(a.Jumped) >= distrustTime:
		return ageClock{Last: now}
	}
	a.Last = now
	return a
}

// updateAgeClock notes that retention looks at the clock now, and judges whether
// the clock can be trusted (see Retention.MaxAge).
func (s *Store) updateAgeClock(ctx context.Context, maxAge time.Duration) error {
	if maxAge <= 0 {
		return nil
	}
	now := s.opt.Now().UTC()
	var age ageClock
	var frames int
	s.state.read(func(st *state) { age, frames = st.Age, st.Frames })
	next := age.next(now, frames)
	// A write each minute, with nothing to say, would wear the card.
	if next == age || next.Jumped.Equal(age.Jumped) && next.Budget == age.Budget &&
		now.Sub(age.Last) >= 0 && now.Sub(age.Last) < time.Hour {
		return nil
	}
	return s.update(ctx, "note the time", func(t txn) error {
		t.st.Age = t.st.Age.next(now, t.st.Frames)
		return nil
	})
}

// plausible reports whether the time when a frame was stored can be compared with
// now.
func plausible(stored, now time.Time) bool {
	return stored.Year() >= 2020 && !stored.After(now.Add(clockJump))
}
