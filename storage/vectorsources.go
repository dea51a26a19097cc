package storage

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"go.etcd.io/bbolt"

	"edgeclr/storage/record"
)

// source is a place where vectors of an encoder lie: the rows of one number in a
// bucket.
type source struct {
	bucket []byte // bucketEmbeddings, or bucketVectors for rows of an older release
	number uint32 // of the encoder, or of the checkpoint in bucketVectors
	half   int    // which of the halves in a row
	halves int    // how many a row has
}

// sources finds the places of an encoder's vectors. The links are those of txn.links.
func sources(e Encoder, links map[uint32][]uint32, known map[uint32]Encoder) (list []source) {
	for n, other := range known {
		if other == e {
			list = append(list, source{bucketEmbeddings, n, 0, 1})
		}
	}
	for cp, numbers := range links {
		for i, n := range numbers {
			if known[n] == e {
				list = append(list, source{bucketVectors, cp, i, len(numbers)})
			}
		}
	}
	// Whole rows first: a half was divided by a root once.
	slices.SortFunc(list, func(a, b source) int {
		return cmp.Or(a.halves-b.halves, bytes.Compare(a.bucket, b.bucket), cmp.Compare(a.number, b.number))
	})
	return list
}

// joiner reads the vectors of frames by several encoders, in a transaction. It finds
// each in one of the encoder's sources, and joins them.
type joiner struct {
	encoders []Encoder
	share    float64    // of a join: see Join
	places   [][]*place // of each encoder

	verified, payload []byte // the last row that was verified: the next half may be in it
}

// place is a source with a cursor.
type place struct {
	source
	rows   *bbolt.Bucket
	cursor *bbolt.Cursor // nil before joiner.seek
	id     FrameID       // at the cursor
	raw    []byte        // the value there; nil: there are no more
}

// viewVectors runs fn in a read transaction. A store of an older release that nothing
// was written to has no encoders, so all vectors are missing there.
func (s *Store) viewVectors(op string, encoders []Encoder, fn func(t txn, j *joiner) error) error {
	upgraded := s.hasEncoders() // before the transaction: an upgrade can come meanwhile
	return s.view(op, func(t txn) error {
		if !upgraded {
			return fn(t, &joiner{encoders: encoders, places: make([][]*place, len(encoders))})
		}
		j, err := t.joiner(encoders)
		if err != nil {
			return err
		}
		return fn(t, j)
	})
}

func (t txn) joiner(encoders []Encoder) (*joiner, error) {
	links, known, err := t.links()
	if err != nil {
		return nil, err
	}
	j := &joiner{encoders: encoders, places: make([][]*place, len(encoders))}
	for i, e := range encoders {
		for _, src := range sources(e, links, known) {
			rows, err := t.bucket(src.bucket)
			if err != nil {
				return nil, err
			}
			j.places[i] = append(j.places[i], &place{source: src, rows: rows})
		}
	}
	return j, nil
}

// seek begins a walk with next at a frame.
func (j *joiner) seek(from FrameID) {
	for _, list := range j.places {
		for _, p := range list {
			p.cursor = p.rows.Cursor()
			p.set(p.cursor.Seek(vectorKey(p.number, from)))
		}
	}
}

// next goes to the first frame that is not before from and has a vector by every
// encoder. ok is false if there is none.
func (j *joiner) next(from FrameID) (id FrameID, ok bool) {
	if len(j.places) == 0 {
		return 0, false
	}
	for {
		found := true
		for _, list := range j.places {
			first, ok := firstFrom(list, from)
			if !ok {
				return 0, false
			}
			found = found && first == from
			from = first
		}
		if found {
			return from, true
		}
	}
}

// firstFrom moves the cursors of an encoder's places to the first row that is not
// before from.
func firstFrom(list []*place, from FrameID) (first FrameID, ok bool) {
	first = math.MaxUint64
	for _, p := range list {
		for p.raw != nil && p.id < from {
			p.set(p.cursor.Next())
		}
		if p.raw != nil {
			first, ok = min(first, p.id), true
		}
	}
	return first, ok
}

// set notes what is at the cursor. It passes over keys that are damaged.
func (p *place) set(key, raw []byte) {
	for ; key != nil && bytes.HasPrefix(key, key32(p.number)); key, raw = p.cursor.Next() {
		if len(key) == vectorKeyBytes {
			p.id, p.raw = FrameID(binary.BigEndian.Uint64(key[4:])), raw
			return
		}
	}
	p.raw = nil
}

// find returns the row of a frame; nil if there is none.
func (p *place) find(id FrameID) (raw []byte) {
	if p.cursor != nil && p.raw != nil && p.id == id {
		return p.raw
	}
	return p.rows.Get(vectorKey(p.number, id))
}

// verify returns the payload of a row, whose vectors have dim values each.
func (p *place) verify(id FrameID, raw []byte, dim int) ([]byte, error) {
	key := vectorKey(p.number, id)
	payload, err := unseal(p.bucket, key, raw)
	if err == nil && len(payload) != 4*dim*p.halves {
		err = corrupt(p.bucket, key, "%d bytes, want %d values", len(payload), dim*p.halves)
	}
	return payload, err
}

// has reports whether encoder i has a vector of a frame, without verifying it.
func (j *joiner) has(i int, id FrameID) bool {
	return slices.ContainsFunc(j.places[i], func(p *place) bool { return p.find(id) != nil })
}

// at returns the joined vector of a frame; nil if an encoder has none. A damaged row is
// an error only when no other has the same vector.
func (j *joiner) at(id FrameID) ([]float32, error) {
	size := 0
	for _, e := range j.encoders {
		size += e.Dim
	}
	if size == 0 {
		return nil, nil
	}
	if n := len(j.encoders); n > 2 {
		return nil, fmt.Errorf("%w: a join of %d encoders, at most 2", ErrInvalid, n)
	}
	row := make([]float32, size)
	rest := row
	for i, e := range j.encoders {
		found, err := j.half(i, id, rest[:e.Dim])
		if !found {
			return nil, err
		}
		rest = rest[e.Dim:]
	}
	return row, nil
}

// half reads the vector of a frame by encoder i, scaled for the join.
func (j *joiner) half(i int, id FrameID, to []float32) (found bool, damage error) {
	for _, p := range j.places[i] {
		raw := p.find(id)
		if raw == nil {
			continue
		}
		if len(j.verified) == 0 || len(raw) == 0 || &raw[0] != &j.verified[0] {
			payload, err := p.verify(id, raw, len(to))
			if err != nil {
				damage = err
				continue
			}
			j.verified, j.payload = raw, payload
		}
		// A factor of 1 keeps the bits.
		record.DecodeScaled(to, j.payload[4*len(to)*p.half:], joinFactor(p.halves, weightOf(i, len(j.places), j.share)))
		return true, nil
	}
	return false, damage
}
