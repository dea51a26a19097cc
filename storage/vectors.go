package storage

import (
	"context"
	"fmt"
	"math"

	"edgeclr/storage/record"
)

// MaxVector is the largest number of values of an embedding.
const MaxVector = 1 << 16

// Vector is the embedding of a frame.
type Vector struct {
	ID     FrameID
	Values []float32
}

// PutVectors stores embeddings by checkpoint cp in one transaction. It skips
// frames that are gone: retention can delete a frame while it is embedded.
// Errors: ErrNotFound (the checkpoint), ErrInvalid (length, NaN, Inf), ErrFull.
func (s *Store) PutVectors(ctx context.Context, cp CheckpointID, vs []Vector) error {
	if len(vs) == 0 {
		return nil
	}
	return s.update(ctx, "store vectors", func(t txn) error {
		c, n, err := t.requireCheckpoint(cp)
		if err != nil {
			return err
		}
		for _, v := range vs {
			exists, err := t.has(bucketFrames, frameKey(v.ID))
			if err != nil {
				return err
			}
			if !exists {
				continue
			}
			if err := t.putVector(c, n, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// putVector stores an embedding by checkpoint c, which has number n. It counts
// the embedding if it is new.
func (t txn) putVector(c Checkpoint, n uint32, v Vector) error {
	if len(v.Values) == 0 || len(v.Values) > MaxVector || c.Dim > 0 && len(v.Values) != c.Dim {
		return fmt.Errorf("%w: vector of %d values for frame %d, checkpoint %s has %d", ErrInvalid, len(v.Values), v.ID, c.ID, c.Dim)
	}
	for _, x := range v.Values {
		if x != x || math.IsInf(float64(x), 0) {
			return fmt.Errorf("%w: vector of frame %d by checkpoint %s has NaN or Inf", ErrInvalid, v.ID, c.ID)
		}
	}
	key := vectorKey(n, v.ID)
	replaces, err := t.has(bucketVectors, key)
	if err != nil {
		return err
	}
	if !replaces {
		t.st.Vectors[c.ID]++
	}
	return t.putReserved(bucketVectors, key, record.AppendFloats(record.Reserve(4*len(v.Values)), v.Values))
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

// Vectors calls fn for each embedding by a checkpoint, ordered by frame, outside
// of any transaction. fn may keep the values. Damaged vectors are left out: when
// the walk is done, ErrCorrupt says that fn saw all others.
func (s *Store) Vectors(ctx context.Context, cp CheckpointID, fn func(FrameID, []float32) error) error {
	const op = "read vectors"
	n, err := cp.number()
	if err != nil {
		return classify(op, s.path, err)
	}
	vectors := pages[Vector]{bucket: bucketVectors, prefix: checkpointKey(n), size: pageRows,
		decode: func(_ txn, key, raw []byte) (Vector, bool, error) {
			v, err := unsealVector(key, raw)
			return v, true, err
		}}
	return vectors.each(ctx, s, op, func(v Vector) error { return fn(v.ID, v.Values) })
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

func decodeVector(key, payload []byte) ([]float32, error) {
	if len(payload)%4 != 0 {
		return nil, corrupt(bucketVectors, key, "%d bytes are no vector", len(payload))
	}
	values := make([]float32, len(payload)/4)
	record.DecodeFloats(values, payload)
	return values, nil
}

// MissingVectors returns the frames that have no embedding by checkpoint cp,
// newest first, at most limit of them (limit <= 0: all). It leaves out frames
// whose picture was not kept, because they cannot be embedded. Each call looks
// through the frames from the newest one, so ask for many at once: a number is
// 8 bytes.
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
			before, err = t.missingVectors(n, before, limit, &missing)
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

// missingVectors looks at one page of frames below before. It returns the number
// to go on from, or 0 when it is done.
func (t txn) missingVectors(checkpoint uint32, before FrameID, limit int, to *[]FrameID) (FrameID, error) {
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
		n, err := keyUint64(bucketFrames, k)
		if err != nil {
			return 0, err
		}
		id := FrameID(n)
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
