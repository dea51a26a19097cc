package storage

import (
	"context"
	"fmt"
	"math"

	"edgeclr/storage/record"
)

// MaxVector is the largest number of values of a vector.
const MaxVector = 1 << 16

// Vector is the vector of a frame.
type Vector struct {
	ID     FrameID
	Values []float32
}

// PutVectors stores vectors by one encoder in one transaction. It skips frames that
// are gone: retention can delete a frame while it is embedded. Errors: ErrInvalid
// (encoder, length, NaN, Inf), ErrFull.
func (s *Store) PutVectors(ctx context.Context, e Encoder, vs []Vector) error {
	if len(vs) == 0 {
		return nil
	}
	return s.update(ctx, "store vectors", func(t txn) error {
		n, err := t.encoderNumber(e)
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
			if err := t.putVector(e, n, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// putVector stores a vector by encoder e, which has number n. It counts the vector if
// it is new.
func (t txn) putVector(e Encoder, n uint32, v Vector) error {
	if len(v.Values) != e.Dim {
		return fmt.Errorf("%w: vector of %d values for frame %d, want %d", ErrInvalid, len(v.Values), v.ID, e.Dim)
	}
	for _, x := range v.Values {
		if x != x || math.IsInf(float64(x), 0) {
			return fmt.Errorf("%w: vector of frame %d has NaN or Inf", ErrInvalid, v.ID)
		}
	}
	key := vectorKey(n, v.ID)
	replaces, err := t.has(bucketEmbeddings, key)
	if err != nil {
		return err
	}
	if !replaces {
		t.st.addRows(bucketEmbeddings, n, 1)
	}
	return t.putReserved(bucketEmbeddings, key, record.AppendFloats(record.Reserve(4*len(v.Values)), v.Values))
}

// Vector returns the vector of a frame by one encoder, or the join of its vectors by two
// (see [Join]). One encoder has no share. Errors: ErrNotFound (the vector of an encoder),
// ErrCorrupt.
func (s *Store) Vector(encoders []Encoder, share float64, id FrameID) (values []float32, err error) {
	err = s.viewVectors("read vector", encoders, func(_ txn, j *joiner) error {
		j.share = share
		values, err = j.at(id)
		if err == nil && values == nil {
			err = fmt.Errorf("vector of frame %d: %w", id, ErrNotFound)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

// Vectors calls fn for each frame that has a vector by each of the encoders, ordered by
// frame, outside of any transaction. It joins the vectors of two encoders (see [Join]).
// One encoder has no share. fn may keep the values. Damaged vectors are left out: when
// the walk is done, ErrCorrupt says that fn saw all others.
func (s *Store) Vectors(ctx context.Context, encoders []Encoder, share float64, fn func(FrameID, []float32) error) error {
	const op = "read vectors"
	var damaged damagedRecords
	page := make([]Vector, 0, pageRows)
	for next, more := FrameID(0), true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		page = page[:0]
		err := s.viewVectors(op, encoders, func(_ txn, j *joiner) error {
			j.share = share
			j.seek(next)
			for range pageRows {
				id, ok := j.next(next)
				if !ok {
					more = false
					return nil
				}
				next = id + 1
				values, err := j.at(id)
				if err == nil {
					page = append(page, Vector{id, values})
				} else if err := damaged.skip(err); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, v := range page {
			if err := fn(v.ID, v.Values); err != nil {
				return err
			}
		}
	}
	return classify(op, s.path, damaged.err())
}

// CountVectors returns how many frames have a vector by each of the encoders. It looks
// at the key of every vector.
func (s *Store) CountVectors(encoders []Encoder) (n int, err error) {
	err = s.viewVectors("count vectors", encoders, func(_ txn, j *joiner) error {
		j.seek(0)
		for id, ok := j.next(0); ok; id, ok = j.next(id + 1) {
			n++
		}
		return nil
	})
	return n, err
}
