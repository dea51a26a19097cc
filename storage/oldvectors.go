package storage

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Releases before schema 4 stored vectors by checkpoint and frame, both halves of a
// join in one row. Such rows stay where they are. A link says which encoders computed
// the rows of a checkpoint. With it, each half of a row is a vector of its encoder.

// UnlinkedVectors returns the checkpoints that have vectors of an older release and no
// link yet: see [Store.LinkVectors]. Nobody can read such vectors.
func (s *Store) UnlinkedVectors() (list []CheckpointID, err error) {
	upgraded := s.hasEncoders() // before the transaction: an upgrade can come meanwhile
	err = s.view("look for old vectors", func(t txn) error {
		var links map[uint32][]uint32
		var known map[uint32]Encoder
		if upgraded {
			if links, known, err = t.links(); err != nil {
				return err
			}
		}
		return t.prefixes(bucketVectors, func(n uint32) error {
			if encodersOf(known, links[n]) == nil {
				list = append(list, checkpointID(n))
			}
			return nil
		})
	})
	return list, err
}

// LinkVectors says which encoders computed the vectors that an older release stored
// of a checkpoint: one, or those of a join in the order of its halves. The vectors
// then count as vectors of these encoders. Errors: ErrInvalid.
func (s *Store) LinkVectors(ctx context.Context, cp CheckpointID, encoders []Encoder) error {
	const op = "link old vectors"
	n, err := cp.number()
	if err != nil {
		return classify(op, s.path, err)
	}
	if len(encoders) == 0 {
		return classify(op, s.path, fmt.Errorf("%w: no encoders of checkpoint %s", ErrInvalid, cp))
	}
	return s.update(ctx, op, func(t txn) error {
		numbers, err := t.encoderNumbers(encoders)
		if err != nil {
			return err
		}
		payload, err := json.Marshal(numbers)
		if err != nil {
			return err
		}
		return t.put(bucketLinks, key32(n), payload)
	})
}

// links returns for each checkpoint with a link the numbers of the encoders, and the
// encoders that the store knows. It leaves out damaged records: LinkVectors mends them.
func (t txn) links() (links map[uint32][]uint32, known map[uint32]Encoder, err error) {
	if known, err = t.encoders(); err != nil {
		return nil, nil, err
	}
	links = map[uint32][]uint32{}
	_, err = t.scan(bucketLinks, nil, nil, -1, func(key, raw []byte) error {
		payload, err := unseal(bucketLinks, key, raw)
		if err != nil || len(key) != 4 {
			return nil // Check reports it
		}
		if numbers, err := decodeLink(key, payload); err == nil {
			links[binary.BigEndian.Uint32(key)] = numbers
		}
		return nil
	})
	return links, known, err
}

func decodeLink(key, payload []byte) (numbers []uint32, err error) {
	if err := json.Unmarshal(payload, &numbers); err != nil || len(numbers) == 0 {
		return nil, corrupt(bucketLinks, key, "the record cannot be read")
	}
	return numbers, nil
}

// prefixes calls fn with each number that the keys of a bucket of vectors begin with.
// It goes by the keys alone, because other records may be damaged.
func (t txn) prefixes(bucket []byte, fn func(n uint32) error) error {
	b, err := t.bucket(bucket)
	if err != nil {
		return err
	}
	c := b.Cursor()
	for k, _ := c.First(); k != nil; {
		if len(k) < 4 {
			k, _ = c.Next()
			continue
		}
		n := binary.BigEndian.Uint32(k)
		if err := fn(n); err != nil {
			return err
		}
		if n == math.MaxUint32 {
			return nil
		}
		k, _ = c.Seek(key32(n + 1))
	}
	return nil
}

// Join concatenates the vectors of the halves of a join, and scales the result to
// length 1. Each half has length 1. One vector is its own join.
func Join(halves ...[]float32) []float32 {
	if len(halves) == 1 {
		return halves[0]
	}
	row := slices.Concat(halves...)
	factor := joinFactor(1, len(halves))
	for i := range row {
		row[i] *= factor
	}
	return row
}

// joinFactor turns values of a join of so many vectors into those of a join of another
// number.
func joinFactor(from, to int) float32 {
	if from == to {
		return 1
	}
	return float32(math.Sqrt(float64(from) / float64(to)))
}
