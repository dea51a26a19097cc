package storage

import (
	"context"
	"fmt"
)

// SetLabel names frames, all of them or none; "" removes the name. A labelled
// frame is never deleted by retention. Errors: ErrNotFound, ErrInvalid.
func (s *Store) SetLabel(ctx context.Context, ids []FrameID, name string) error {
	const op = "label frames"
	if err := validLabel(name); err != nil {
		return classify(op, s.path, err)
	}
	if len(ids) == 0 {
		return nil
	}
	return s.update(ctx, op, func(t txn) error {
		frames, err := t.bucket(bucketFrames)
		if err != nil {
			return err
		}
		for _, id := range ids {
			key := frameKey(id)
			if frames.Get(key) == nil {
				return fmt.Errorf("frame %d: %w; no frame was labelled", id, ErrNotFound)
			}
			if name == "" {
				err = t.del(bucketLabels, key)
			} else {
				err = t.put(bucketLabels, key, []byte(name))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// LabelledFrame is a frame with its name.
type LabelledFrame struct {
	ID   FrameID
	Name string
}

// LabelledFrames returns all frames with a name, in order. Damaged names are left out,
// and reported: with ErrCorrupt the list has all others.
func (s *Store) LabelledFrames(ctx context.Context) (list []LabelledFrame, err error) {
	var harm harm
	for after, more := []byte(nil), true; more; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := s.view("read labels", func(t txn) (err error) {
			after, err = t.scan(bucketLabels, nil, after, pageKeys, func(key, raw []byte) error {
				id, err := keyUint64(bucketLabels, key)
				if err != nil {
					return harm.note(err)
				}
				name, err := unseal(bucketLabels, key, raw)
				if err == nil {
					list = append(list, LabelledFrame{FrameID(id), string(name)})
				}
				return harm.note(err)
			})
			return err
		})
		if err != nil {
			return nil, err
		}
		more = after != nil
	}
	return list, classify("read labels", s.path, harm.err())
}

// LabelCounts returns how many frames have each name.
func (s *Store) LabelCounts(ctx context.Context) (map[string]int, error) {
	list, err := s.LabelledFrames(ctx)
	counts := map[string]int{}
	for _, l := range list {
		counts[l.Name]++
	}
	return counts, err
}
