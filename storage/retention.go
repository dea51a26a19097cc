package storage

import (
	"context"
	"errors"
	"time"
)

// Retention says which frames may go. The zero value keeps all. Frames with a
// label never go, and the oldest by number go first.
type Retention struct {
	// MaxBytes bounds the live bytes of the whole store (Store.Usage), checkpoints
	// included. Passing it deletes down to 95 % of it, so that the next frame
	// does not pass it again. 0: no bound.
	MaxBytes int64

	// MaxAge is how long a frame is kept, by the time it was stored. 0: no bound.
	//
	// A board's clock is not to be trusted: frames with times before 2020 or in
	// the future share the fate of the next frame with a plausible one, and when
	// the clock is found more than a day ahead of the last call (it was wrong, is
	// wrong now, or the board was off), at most a twentieth of the frames may
	// go by age during the next 24 hours.
	MaxAge time.Duration

	// MinFree is how much must be free to write: on the disk and inside the file
	// together. Deleting gives the disk nothing back (see Compact), but the store
	// then needs nothing more from it; so a disk filled by other programs costs at
	// most MinFree worth of frames. 0: no bound.
	MinFree int64

	// KeepNewest is how many of the newest frames stay whatever the bounds say,
	// so that a store filled by checkpoints does not lose all its frames.
	KeepNewest int
}

// RetainResult is what Store.Retain did.
type RetainResult struct {
	IDs    []FrameID // deleted
	Frames int       // how many they are
	Bytes  int64     // live bytes less than before
	Short  bool      // a bound by size is still passed: what is left must stay
}

const (
	retainFrames = 64             // frames deleted in one transaction
	retainBytes  = 32 << 20       // pictures deleted in one transaction
	clockJump    = 24 * time.Hour // more than this between two calls is suspicious
	clockTrial   = 24 * time.Hour // how long it stays so
	clockShare   = 20             // 1/clockShare of the frames may go meanwhile
)

// Retain deletes frames until the bounds are kept, with their pictures, also
// those to learn from, and their vectors of all checkpoints, in small
// transactions. Call it every minute
// or so, always with the same bounds. After an error what was deleted is gone,
// and the result says how much.
func (s *Store) Retain(ctx context.Context, r Retention) (RetainResult, error) {
	var res RetainResult
	before, _, err := s.Usage()
	if err != nil {
		return res, err
	}
	goal, over, err := s.goal(r, before)
	if err != nil {
		return res, err
	}
	if err := s.settleClock(ctx, r.MaxAge); err != nil {
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

// goal returns the live bytes to come down to, and whether a bound is passed.
func (s *Store) goal(r Retention, live int64) (goal int64, over bool, err error) {
	goal = live
	if r.MaxBytes > 0 && live > r.MaxBytes {
		goal, over = r.MaxBytes/20*19, true
	}
	if r.MinFree > 0 {
		free, err := s.FreeDisk()
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
