package storage

import (
	"context"
	"fmt"
)

// MarkSeen remembers the present state of a file whose content is already
// stored as that frame: it was touched, or written again with the same bytes.
// Nothing is counted.
func (s *Store) MarkSeen(ctx context.Context, source string, file FileState, frame FrameID) error {
	const op = "remember file"
	if err := validFile(source, file.Path); err != nil {
		return classify(op, s.path, fmt.Errorf("%.200q: %w", file.Path, err))
	}
	if frame == 0 { // which a file record would read as a failure
		return classify(op, s.path, fmt.Errorf("%w: frame 0", ErrInvalid))
	}
	return s.update(ctx, op, func(t txn) error {
		return t.putFile(source, file.Path, fileRecord{size: file.Size, modTime: file.ModTime, frame: frame})
	})
}
