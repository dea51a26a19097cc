package storage

import (
	"context"
	"encoding/binary"
	"fmt"
)

// Frame returns one frame. Errors: ErrNotFound, ErrCorrupt.
func (s *Store) Frame(id FrameID) (f Frame, err error) {
	err = s.view("read frame", func(t txn) error {
		var ok bool
		if f, ok, err = t.frame(id); err == nil && !ok {
			return fmt.Errorf("frame %d: %w", id, ErrNotFound)
		}
		return err
	})
	return f, err
}

// FrameData returns what is kept of a frame's picture. Errors: ErrNotFound, also
// when the picture was not kept; ErrCorrupt.
func (s *Store) FrameData(id FrameID) (data []byte, err error) {
	err = s.view("read picture", func(t txn) error {
		f, ok, err := t.frame(id)
		switch {
		case err != nil:
			return err
		case !ok:
			return fmt.Errorf("frame %d: %w", id, ErrNotFound)
		case f.KeptBytes == 0:
			return fmt.Errorf("frame %d: its picture was not kept: %w", id, ErrNotFound)
		}
		data, err = t.picture(bucketData, id, f.KeptBytes)
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

// Frames calls fn for each frame with a number above after, in order, outside of
// any transaction: fn may take its time and call the store. Frames that are
// added meanwhile are seen, too. An error of fn ends the walk and is returned
// as it is. Damaged frames are left out, and reported when the walk is done:
// an ErrCorrupt means that fn saw all the others.
func (s *Store) Frames(ctx context.Context, after FrameID, fn func(Frame) error) error {
	const op = "read frames"
	var harm harm
	page := make([]Frame, 0, pageRows)
	for last := frameKey(after); last != nil; {
		if err := ctx.Err(); err != nil {
			return err
		}
		page = page[:0]
		err := s.view(op, func(t txn) (err error) {
			last, err = t.scan(bucketFrames, nil, last, pageRows, func(key, raw []byte) error {
				f, err := t.unsealFrame(key, raw)
				if err == nil {
					page = append(page, f)
				}
				return harm.note(err)
			})
			return err
		})
		if err != nil {
			return err
		}
		for _, f := range page {
			if err := fn(f); err != nil {
				return err
			}
		}
	}
	return classify(op, s.path, harm.err())
}

func (t txn) unsealFrame(key, raw []byte) (Frame, error) {
	id, err := keyUint64(bucketFrames, key)
	if err != nil {
		return Frame{}, err
	}
	payload, err := unseal(bucketFrames, key, raw)
	if err != nil {
		return Frame{}, err
	}
	return t.decodeFrame(key, FrameID(id), payload)
}

// FrameIDs returns the numbers of all frames, in order.
func (s *Store) FrameIDs() ([]FrameID, error) {
	ids := make([]FrameID, 0, s.CountFrames())
	for after, more := []byte(nil), true; more; {
		err := s.view("read frames", func(t txn) (err error) {
			after, err = t.scan(bucketFrames, nil, after, pageKeys, func(key, _ []byte) error {
				n, err := keyUint64(bucketFrames, key)
				ids = append(ids, FrameID(n))
				return err
			})
			return err
		})
		if err != nil {
			return nil, err
		}
		more = after != nil
	}
	return ids, nil
}

// FindContent returns the frame that was stored from the same bytes at the same
// path, the newest one if there are several.
func (s *Store) FindContent(sha [32]byte, path string) (id FrameID, ok bool, err error) {
	err = s.view("look for content", func(t txn) error {
		key, err := t.get(bucketContent, contentKey(sha, path))
		if err != nil || len(key) != 8 {
			return err
		}
		f, found, err := t.frame(FrameID(binary.BigEndian.Uint64(key)))
		if found && f.SHA256 == sha && f.Path == path {
			id, ok = f.ID, true
		}
		return err
	})
	return id, ok, err
}
