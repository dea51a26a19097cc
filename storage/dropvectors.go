package storage

import (
	"bytes"
	"context"
)

// DeleteVectors drops all embeddings by a checkpoint. It works in slices, so
// that other writers get their turn; an error leaves the rest in place.
func (s *Store) DeleteVectors(ctx context.Context, cp CheckpointID) error {
	const op = "delete vectors"
	n, err := cp.number()
	if err != nil {
		return classify(op, s.path, err)
	}
	for more := true; more; {
		found := false
		err := s.view(op, func(t txn) error {
			_, err := t.scan(bucketVectors, checkpointKey(n), nil, 1, func(_, _ []byte) error {
				found = true
				return nil
			})
			return err
		})
		if err != nil || !found {
			return err // without a write when there is nothing to delete
		}
		err = s.update(ctx, op, func(t txn) (err error) {
			more, err = t.dropVectorSlice(n, cp)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// DropDamagedVectors removes the damaged embeddings by a checkpoint and returns
// how many: MissingVectors then names their frames, and embedding them again
// mends the store. Call it when Vectors reports ErrCorrupt.
func (s *Store) DropDamagedVectors(ctx context.Context, cp CheckpointID) (int, error) {
	const op = "drop damaged vectors"
	n, err := cp.number()
	if err != nil {
		return 0, classify(op, s.path, err)
	}
	var damaged [][]byte
	for after, more := []byte(nil), true; more; {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		err := s.view(op, func(t txn) (err error) {
			after, err = t.scan(bucketVectors, checkpointKey(n), after, pageRows, func(key, raw []byte) error {
				if _, err := unsealVector(key, raw); err != nil {
					damaged = append(damaged, bytes.Clone(key))
				}
				return nil
			})
			return err
		})
		if err != nil {
			return 0, err
		}
		more = after != nil
	}
	if len(damaged) == 0 {
		return 0, nil
	}
	dropped := 0
	err = s.update(ctx, op, func(t txn) error {
		b, err := t.bucket(bucketVectors)
		if err != nil {
			return err
		}
		dropped = 0
		for _, key := range damaged {
			raw := b.Get(key)
			if raw == nil {
				continue
			}
			if _, err := unsealVector(key, raw); err == nil {
				continue // written anew meanwhile
			}
			if err := b.Delete(key); err != nil {
				return err
			}
			t.st.Vectors[cp]--
			dropped++
		}
		return nil
	})
	return dropped, err
}

// dropVectors drops all vectors of a checkpoint in this transaction.
func (t txn) dropVectors(n uint32, cp CheckpointID) error {
	for more := true; more; {
		var err error
		if more, err = t.dropVectorSlice(n, cp); err != nil {
			return err
		}
	}
	return nil
}

func (t txn) dropVectorSlice(n uint32, cp CheckpointID) (more bool, err error) {
	var keys [][]byte
	after, err := t.scan(bucketVectors, checkpointKey(n), nil, pageKeys, func(key, _ []byte) error {
		keys = append(keys, bytes.Clone(key))
		return nil
	})
	if err != nil {
		return false, err
	}
	for _, key := range keys {
		if err := t.del(bucketVectors, key); err != nil {
			return false, err
		}
	}
	if t.st.Vectors[cp] -= len(keys); t.st.Vectors[cp] <= 0 || after == nil {
		delete(t.st.Vectors, cp)
	}
	return after != nil, nil
}
