package storage

import (
	"cmp"
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

// EvenShare is the share of a join whose halves count alike. It is that of a checkpoint
// without a share.
const EvenShare = 0.5

// Join concatenates the vectors of the halves of a join, and scales them so that the
// cosine of two joined vectors is (1-share) times the cosine of their pretrained halves
// plus share times that of their adapted halves. Each half has length 1, and so has the
// result. The share is between 0 and 1; 0 means EvenShare.
func Join(pretrained, adapted []float32, share float64) []float32 {
	row := slices.Concat(pretrained, adapted)
	for i, half := range [][]float32{row[:len(pretrained)], row[len(pretrained):]} {
		factor := joinFactor(1, weightOf(i, 2, share))
		for j := range half {
			half[j] *= factor
		}
	}
	return row
}

// weightOf is the weight of half i in the cosine of a join of so many halves.
func weightOf(i, halves int, share float64) float64 {
	switch share = cmp.Or(share, EvenShare); {
	case halves == 1:
		return 1
	case i == 0:
		return 1 - share
	}
	return share
}

// joinFactor turns a half of a stored row of so many equal halves into one of that
// weight in a join.
func joinFactor(halves int, weight float64) float32 {
	return float32(math.Sqrt(float64(halves) * weight))
}
