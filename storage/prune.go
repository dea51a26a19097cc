package storage

import (
	"bytes"
	"context"
	"math"
	"time"
)

const (
	pruneFrames = 64       // frames deleted in one transaction
	pruneBytes  = 32 << 20 // bytes of their pictures
)

// pruner goes through the frames once, oldest first. It deletes frames until the
// bound by size is kept, and then those that are too old.
type pruner struct {
	store  *Store
	goal   int64 // live bytes to come down to; MaxInt64: no bound by size
	maxAge time.Duration
	now    time.Time

	after     []byte    // the last key looked at
	left      int       // frames to look at before the newest ones, which stay
	undecided []FrameID // frames with implausible times: the next plausible time decides
	budget    int       // frames that may go by age
}

// newPruner returns a pruner that goes down to goal live bytes if over is true,
// and otherwise deletes by age alone.
func (s *Store) newPruner(r Retention, goal int64, over bool) *pruner {
	p := &pruner{store: s, goal: goal, maxAge: r.MaxAge, now: s.opt.Now(), budget: math.MaxInt}
	if !over {
		p.goal = math.MaxInt64
	}
	s.state.read(func(st *state) {
		p.left = st.Frames - r.KeepNewest
		if !st.Age.Jumped.IsZero() {
			p.budget = st.Age.Budget
		}
	})
	return p
}

// selection is what one slice deletes.
type selection struct {
	bySize, byAge []FrameID
	bytes         int64 // of their pictures
	more          bool  // there may be more to delete
}

func (s *selection) full() bool {
	return len(s.bySize)+len(s.byAge) >= pruneFrames || s.bytes >= pruneBytes
}

// slice deletes one transaction's worth of frames. more reports that there may be
// more to delete.
func (p *pruner) slice(ctx context.Context) (deleted []FrameID, more bool, err error) {
	const op = "delete old frames"
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	live, _, err := p.store.Usage()
	if err != nil {
		return nil, false, err
	}
	var sel selection
	err = p.store.view(op, func(t txn) error { return p.selectFrames(t, live, &sel) })
	if err != nil || len(sel.bySize)+len(sel.byAge) == 0 {
		return nil, sel.more, err
	}
	p.budget -= len(sel.byAge)
	err = p.store.update(ctx, op, func(t txn) error {
		for _, id := range append(sel.bySize, sel.byAge...) {
			ok, err := t.deleteFrame(id)
			if err != nil {
				return err
			}
			if ok {
				deleted = append(deleted, id)
			}
		}
		if !t.st.Age.Jumped.IsZero() {
			t.st.Age.Budget = max(t.st.Age.Budget-len(sel.byAge), 0)
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return deleted, sel.more, nil
}

// selectFrames looks at up to pageKeys frames from where it stopped before.
func (p *pruner) selectFrames(t txn, live int64, sel *selection) error {
	labels, err := t.bucket(bucketLabels)
	if err != nil {
		return err
	}
	frames, err := t.bucket(bucketFrames)
	if err != nil {
		return err
	}
	cur := frames.Cursor()
	k, raw := cur.Seek(p.after)
	if p.after != nil && bytes.Equal(k, p.after) {
		k, raw = cur.Next()
	}
	for rows := 0; k != nil && p.left > 0; k, raw = cur.Next() {
		if rows++; rows > pageKeys || sel.full() {
			sel.more = true
			return nil
		}
		id, err := keyUint64(bucketFrames, k)
		if err != nil {
			return err
		}
		p.after = bytes.Clone(k)
		p.left--
		if labels.Get(k) != nil {
			continue
		}
		// A damaged record has no time and no size. It is still deleted by size.
		var f Frame
		if payload, err := unseal(bucketFrames, k, raw); err == nil {
			f, _ = decodeFrameRecord(payload)
		}
		f.ID = FrameID(id)
		size := f.KeptBytes + t.replayBytes(k)
		if live-sel.bytes > p.goal {
			sel.bySize = append(sel.bySize, f.ID)
			sel.bytes += size
			continue
		}
		if !p.selectByAge(f, size, sel) {
			return nil
		}
	}
	return nil
}

// selectByAge decides on one frame. It returns false if no later frame is too old
// either.
func (p *pruner) selectByAge(f Frame, size int64, sel *selection) bool {
	switch {
	case p.maxAge <= 0 || len(sel.byAge) >= p.budget:
		return false
	case !plausible(f.Stored, p.now):
		p.undecided = append(p.undecided, f.ID)
		return true
	case p.now.Sub(f.Stored) <= p.maxAge:
		return false
	}
	old := append(p.undecided, f.ID)
	p.undecided = nil
	sel.byAge = append(sel.byAge, old[:min(len(old), p.budget-len(sel.byAge))]...)
	sel.bytes += size
	return true
}

// deleteFrame deletes a frame, its pictures, vectors and sightings. It does
// nothing if the frame has got a label or is gone. The frame's file stays known,
// so that it is not stored again.
func (t txn) deleteFrame(id FrameID) (deleted bool, err error) {
	key := frameKey(id)
	frames, err := t.bucket(bucketFrames)
	if err != nil {
		return false, err
	}
	labelled, err := t.has(bucketLabels, key)
	raw := frames.Get(key)
	if err != nil || raw == nil || labelled {
		return false, err
	}
	if payload, err := unseal(bucketFrames, key, raw); err == nil {
		if f, ok := decodeFrameRecord(payload); ok {
			if err := t.dropContent(f, key); err != nil {
				return false, err
			}
		}
	}
	if err := t.dropPicture(bucketData, key); err != nil {
		return false, err
	}
	if err := t.dropReplay(id); err != nil {
		return false, err
	}
	if err := t.dropVectorsOf(id); err != nil {
		return false, err
	}
	if err := t.del(bucketSightings, key); err != nil {
		return false, err
	}
	t.st.Frames--
	return true, frames.Delete(key)
}

// dropContent deletes the index entry of a frame's content, unless a newer frame
// has it.
func (t txn) dropContent(f Frame, key []byte) error {
	at := contentKey(f.SHA256, f.Path)
	owner, err := t.get(bucketContent, at)
	if err == nil && !bytes.Equal(owner, key) {
		return nil
	}
	return t.del(bucketContent, at)
}
