package storage

import (
	"context"
	"fmt"
	"math"

	"edgeclr/storage/record"
)

// putVector stores the embedding of a frame and counts it if it is new.
func (t txn) putVector(cp CheckpointID, v Vector) error {
	c, n, err := t.wantCheckpoint(cp)
	if err != nil {
		return err
	}
	return t.putVectorOf(c, n, v)
}

func (t txn) putVectorOf(c Checkpoint, n uint32, v Vector) error {
	if len(v.Values) == 0 || len(v.Values) > MaxVector || c.Dim > 0 && len(v.Values) != c.Dim {
		return fmt.Errorf("%w: vector of %d values for frame %d, checkpoint %s has %d", ErrInvalid, len(v.Values), v.ID, c.ID, c.Dim)
	}
	for _, x := range v.Values {
		if x != x || math.IsInf(float64(x), 0) {
			return fmt.Errorf("%w: vector of frame %d by checkpoint %s has NaN or Inf", ErrInvalid, v.ID, c.ID)
		}
	}
	b, err := t.bucket(bucketVectors)
	if err != nil {
		return err
	}
	key := vectorKey(n, v.ID)
	if b.Get(key) == nil {
		t.st.Vectors[c.ID]++
	}
	return t.putReserved(bucketVectors, key, record.AppendFloats(record.Reserve(4*len(v.Values)), v.Values))
}

// PutVectors stores embeddings by checkpoint cp in one transaction. Vectors of
// frames that are gone (retention runs beside the embedding) are left out.
// Errors: ErrNotFound (the checkpoint), ErrInvalid (length, NaN), ErrFull.
func (s *Store) PutVectors(ctx context.Context, cp CheckpointID, vs []Vector) error {
	if len(vs) == 0 {
		return nil
	}
	return s.update(ctx, "store vectors", func(t txn) error {
		c, n, err := t.wantCheckpoint(cp)
		if err != nil {
			return err
		}
		frames, err := t.bucket(bucketFrames)
		if err != nil {
			return err
		}
		for _, v := range vs {
			if frames.Get(frameKey(v.ID)) == nil {
				continue
			}
			if err := t.putVectorOf(c, n, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// Vector returns the embedding of a frame by a checkpoint. Errors: ErrNotFound,
// ErrCorrupt.
func (s *Store) Vector(cp CheckpointID, id FrameID) (values []float32, err error) {
	err = s.view("read vector", func(t txn) error {
		n, err := cp.number()
		if err != nil {
			return err
		}
		key := vectorKey(n, id)
		payload, err := t.get(bucketVectors, key)
		switch {
		case err != nil:
			return err
		case payload == nil:
			return fmt.Errorf("vector of frame %d by checkpoint %s: %w", id, cp, ErrNotFound)
		}
		values, err = decodeVector(key, payload)
		return err
	})
	return values, err
}

func decodeVector(key, payload []byte) ([]float32, error) {
	if len(payload)%4 != 0 {
		return nil, corrupt(bucketVectors, key, "%d bytes are no vector", len(payload))
	}
	values := make([]float32, len(payload)/4)
	record.DecodeFloats(values, payload)
	return values, nil
}

// Vectors calls fn for each embedding by a checkpoint, ordered by frame, outside
// of any transaction. fn may keep the values. Damaged vectors are left out, and
// reported when the walk is done: an ErrCorrupt means that fn saw all others.
func (s *Store) Vectors(ctx context.Context, cp CheckpointID, fn func(FrameID, []float32) error) error {
	const op = "read vectors"
	n, err := cp.number()
	if err != nil {
		return classify(op, s.path, err)
	}
	var harm harm
	prefix := checkpointKey(n)
	page := make([]Vector, 0, pageRows)
	for after, more := []byte(nil), true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		page = page[:0]
		err := s.view(op, func(t txn) (err error) {
			after, err = t.scan(bucketVectors, prefix, after, pageRows, func(key, raw []byte) error {
				v, err := unsealVector(key, raw)
				if err == nil {
					page = append(page, v)
				}
				return harm.note(err)
			})
			return err
		})
		if err != nil {
			return err
		}
		for _, v := range page {
			if err := fn(v.ID, v.Values); err != nil {
				return err
			}
		}
		more = after != nil
	}
	return classify(op, s.path, harm.err())
}

func unsealVector(key, raw []byte) (v Vector, err error) {
	if v.ID, err = vectorFrame(key); err != nil {
		return Vector{}, err
	}
	payload, err := unseal(bucketVectors, key, raw)
	if err != nil {
		return Vector{}, err
	}
	v.Values, err = decodeVector(key, payload)
	return v, err
}
