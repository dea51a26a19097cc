package storage

import (
	"context"
	"fmt"
	"unicode"
	"unicode/utf8"
)

const maxLabel = 200 // bytes

// SetLabel labels frames, all of them or none. An empty label removes the one
// that is there. Retention never deletes a labelled frame. Errors: ErrNotFound,
// ErrInvalid.
func (s *Store) SetLabel(ctx context.Context, ids []FrameID, label string) error {
	const op = "label frames"
	if err := validLabel(label); err != nil {
		return classify(op, s.path, err)
	}
	if len(ids) == 0 {
		return nil
	}
	return s.update(ctx, op, func(t txn) error {
		for _, id := range ids {
			key := frameKey(id)
			exists, err := t.has(bucketFrames, key)
			if err != nil {
				return err
			}
			if !exists {
				return fmt.Errorf("frame %d: %w; no frame was labelled", id, ErrNotFound)
			}
			if label == "" {
				err = t.del(bucketLabels, key)
			} else {
				err = t.put(bucketLabels, key, []byte(label))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// LabelledFrame is a frame that has a label.
type LabelledFrame struct {
	ID    FrameID
	Label string
}

// LabelledFrames returns all frames that have a label, in order. Damaged labels
// are left out: with ErrCorrupt the list has all others.
func (s *Store) LabelledFrames(ctx context.Context) (list []LabelledFrame, err error) {
	labels := pages[LabelledFrame]{bucket: bucketLabels, size: pageKeys,
		decode: func(_ txn, key, raw []byte) (LabelledFrame, bool, error) {
			id, err := keyUint64(bucketLabels, key)
			if err != nil {
				return LabelledFrame{}, false, err
			}
			label, err := unseal(bucketLabels, key, raw)
			return LabelledFrame{FrameID(id), string(label)}, true, err
		}}
	err = labels.each(ctx, s, "read labels", func(l LabelledFrame) error {
		list = append(list, l)
		return nil
	})
	return list, err
}

// LabelCounts returns how many frames have each label. Damaged labels are left
// out: with ErrCorrupt the counts are those of all others.
func (s *Store) LabelCounts(ctx context.Context) (map[string]int, error) {
	list, err := s.LabelledFrames(ctx)
	counts := map[string]int{}
	for _, l := range list {
		counts[l.Label]++
	}
	return counts, err
}

// validLabel accepts what a person can type and a list can show on one line.
func validLabel(label string) error {
	switch {
	case len(label) > maxLabel:
		return fmt.Errorf("%w: label of %d bytes, at most %d", ErrInvalid, len(label), maxLabel)
	case !utf8.ValidString(label):
		return fmt.Errorf("%w: label %q is not UTF-8", ErrInvalid, label)
	}
	for _, r := range label {
		if unicode.IsControl(r) {
			return fmt.Errorf("%w: label %q has a control character", ErrInvalid, label)
		}
	}
	return nil
}
