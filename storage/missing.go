package storage

import (
	"context"
	"encoding/binary"
)

// MissingVectors returns frames without an embedding by checkpoint cp, newest
// first, at most limit of them (limit <= 0: all). Frames whose picture was not
// kept cannot be embedded and are left out. Each call looks through the frames
// from the newest one: ask for many at once, a number is 8 bytes.
func (s *Store) MissingVectors(ctx context.Context, cp CheckpointID, limit int) ([]FrameID, error) {
	const op = "look for missing vectors"
	n, err := cp.number()
	if err != nil {
		return nil, classify(op, s.path, err)
	}
	if s.CountVectors(cp) >= s.CountFrames() {
		return nil, nil
	}
	var missing []FrameID
	for before := FrameID(1<<64 - 1); before > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := s.view(op, func(t txn) error {
			before, err = t.missing(n, before, limit, &missing)
			return err
		})
		if err != nil {
			return nil, err
		}
		if limit > 0 && len(missing) >= limit {
			return missing[:limit], nil
		}
	}
	return missing, nil
}

// missing looks at one page of frames below before, and returns the number to go
// on from; 0: done.
func (t txn) missing(checkpoint uint32, before FrameID, limit int, to *[]FrameID) (FrameID, error) {
	frames, err := t.bucket(bucketFrames)
	if err != nil {
		return 0, err
	}
	vectors, err := t.bucket(bucketVectors)
	if err != nil {
		return 0, err
	}
	c := frames.Cursor()
	k, raw := c.Seek(frameKey(before))
	if k == nil {
		k, raw = c.Last()
	}
	for rows := 0; k != nil; k, raw = c.Prev() {
		if len(k) != 8 {
			_, err := keyUint64(bucketFrames, k)
			return 0, err
		}
		id := FrameID(binary.BigEndian.Uint64(k))
		if id >= before {
			continue
		}
		if rows++; rows > pageKeys || limit > 0 && len(*to) >= limit {
			return id + 1, nil
		}
		if vectors.Get(vectorKey(checkpoint, id)) != nil {
			continue
		}
		payload, err := unseal(bucketFrames, k, raw)
		if err != nil {
			continue // a damaged frame cannot be embedded; Frames and Check report it
		}
		if f, ok := decodeFrameRecord(payload); ok && f.Kept != KeptNone {
			*to = append(*to, id)
		}
	}
	return 0, nil
}
