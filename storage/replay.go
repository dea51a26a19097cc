package storage

import (
	"context"
	"fmt"
	"time"

	"edgeclr/storage/record"
)

// ReplayPicture is the picture that a frame is learned from: small, so that
// learning needs neither what is kept of the frame nor its full size.
type ReplayPicture struct {
	Live bool   // from a camera; see ReplayEntry
	JPEG []byte // at most MaxReplayBytes
}

// ReplayEntry is a frame with a picture to learn from.
type ReplayEntry struct {
	ID     FrameID
	Source string
	Time   time.Time // when it was taken, as far as the source knows
	Live   bool      // from a camera: Time and Source tell moments apart; a folder's files may be of any time
}

// putReplay stores the picture to learn from of a new frame.
func (t txn) putReplay(f Frame, p *ReplayPicture) error {
	rec := replayRecord{source: f.Source, time: f.Time, live: p.Live, size: int64(len(p.JPEG))}
	if err := t.putReserved(bucketReplay, frameKey(f.ID), rec.append(record.Reserve(64))); err != nil {
		return err
	}
	t.st.Replay++
	return t.putPicture(bucketReplayData, f.ID, p.JPEG)
}

// Replay calls fn for each frame with a picture to learn from, in order, without
// the picture and outside of any transaction. An error of fn ends the walk and is
// returned as it is. Damaged entries are left out, and reported when the walk is
// done: an ErrCorrupt means that fn saw all the others.
func (s *Store) Replay(ctx context.Context, fn func(ReplayEntry) error) error {
	const op = "read replay"
	if !s.hasReplay() {
		return nil
	}
	var harm harm
	for after, more := []byte(nil), true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var page []ReplayEntry
		// Asked before the transaction begins: what no longer waits then is gone.
		dropped := s.state.droppingNow()
		err := s.view(op, func(t txn) (err error) {
			after, err = t.scan(bucketReplay, nil, after, pageKeys, func(key, raw []byte) error {
				e, err := unsealReplay(key, raw)
				if err == nil && !dropped[e.ID] {
					page = append(page, e)
				}
				return harm.note(err)
			})
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := fn(e); err != nil {
				return err
			}
		}
		more = after != nil
	}
	return classify(op, s.path, harm.err())
}

func unsealReplay(key, raw []byte) (ReplayEntry, error) {
	id, err := keyUint64(bucketReplay, key)
	if err != nil {
		return ReplayEntry{}, err
	}
	payload, err := unseal(bucketReplay, key, raw)
	if err != nil {
		return ReplayEntry{}, err
	}
	rec, ok := decodeReplayRecord(payload)
	if !ok {
		return ReplayEntry{}, corrupt(bucketReplay, key, "the record cannot be read")
	}
	return ReplayEntry{ID: FrameID(id), Source: rec.source, Time: rec.time, Live: rec.live}, nil
}

// ReplayPicture returns the picture, a JPEG, that a frame is learned from.
// Errors: ErrNotFound, also when it was dropped; ErrCorrupt.
func (s *Store) ReplayPicture(id FrameID) (data []byte, err error) {
	const op = "read picture to learn from"
	absent := fmt.Errorf("frame %d: no picture to learn from: %w", id, ErrNotFound)
	if !s.hasReplay() || s.state.isDropping(id) {
		return nil, classify(op, s.path, absent)
	}
	err = s.view(op, func(t txn) error {
		payload, err := t.get(bucketReplay, frameKey(id))
		if err != nil {
			return err
		}
		if payload == nil {
			return absent
		}
		rec, ok := decodeReplayRecord(payload)
		if !ok {
			return corrupt(bucketReplay, frameKey(id), "the record cannot be read")
		}
		data, err = t.picture(bucketReplayData, id, rec.size)
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}
