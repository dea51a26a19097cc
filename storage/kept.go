package storage

import (
	"context"
	"errors"
)

// KeptFrameIDs returns the numbers of all frames whose picture is kept, oldest
// first: those that can be learned from and embedded again. A damaged record
// does not stop that; Check reports it.
func (s *Store) KeptFrameIDs(ctx context.Context) ([]FrameID, error) {
	ids := make([]FrameID, 0, s.CountFrames())
	err := s.Frames(ctx, 0, func(f Frame) error {
		if f.Kept != KeptNone {
			ids = append(ids, f.ID)
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrCorrupt) {
		return nil, err
	}
	return ids, nil
}
