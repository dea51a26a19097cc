package storage

import (
	"bytes"
	"context"
)

// DeleteVectors deletes all embeddings by a checkpoint. It works in slices, so
// that other writers get their turn. After an error the rest is still there. It
// writes nothing if there is nothing to delete.
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
			return err
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

// DropDamagedVectors deletes the damaged embeddings by a checkpoint and returns
// how many. MissingVectors then names their frames, and embedding them again
// repairs the store. Call it when Vectors returns ErrCorrupt.
func (s *Store) DropDamagedVectors(ctx context.Context, cp CheckpointID) (int, error) {
	const op = "drop damaged vectors"
	n, err := cp.number()
	if err != nil {
		return 0, classify(op, s.path, err)
	}
	var damaged [][]byte
	vectors := pages[[]byte]{bucket: bucketVectors, prefix: checkpointKey(n), size: pageRows,
		decode: func(_ txn, key, raw []byte) ([]byte, bool, error) {
			_, err := unsealVector(key, raw)
			return bytes.Clone(key), err != nil, nil
		}}
	err = vectors.each(ctx, s, op, func(key []byte) error {
		damaged = append(damaged, key)
		return nil
	})
	if err != nil || len(damaged) == 0 {
		return 0, err
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
				continue // stored again meanwhile
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

// dropVectors deletes all embeddings by a checkpoint in this transaction.
func (t txn) dropVectors(n uint32, cp CheckpointID) error {
	for more := true; more; {
		var err error
		if more, err = t.dropVectorSlice(n, cp); err != nil {
			return err
		}
	}
	return nil
}

// dropVectorSlice deletes up to pageKeys embeddings by a checkpoint.
func (t txn) dropVectorSlice(n uint32, cp CheckpointID) (more bool, err error) {
	var keys [][]byte
	after, err := t.scan(bucketVectors, checkpointKey(n), nil, pageKeys, func(key, _ []byte) error {
		keys = append(keys, bytes.Clone(key))
		return nil
	})
	if err != nil {
		return false, err
	}
	if err := t.del(bucketVectors, keys...); err != nil {
		return false, err
	}
	if t.st.Vectors[cp] -= len(keys); t.st.Vectors[cp] <= 0 || after == nil {
		delete(t.st.Vectors, cp)
	}
	return after != nil, nil
}

// dropVectorsOf deletes all embeddings of a frame.
func (t txn) dropVectorsOf(id FrameID) error {
	vectors, err := t.bucket(bucketVectors)
	if err != nil {
		return err
	}
	// Go through the checkpoints that exist, not through the counts: a count may be
	// damaged.
	_, err = t.scan(bucketCheckpoints, nil, nil, -1, func(key, _ []byte) error {
		n, err := checkpointNumber(key)
		if err != nil {
			return nil // Check reports it
		}
		at := vectorKey(n, id)
		if vectors.Get(at) == nil {
			return nil
		}
		t.st.Vectors[checkpointID(n)]--
		return vectors.Delete(at)
	})
	return err
}
