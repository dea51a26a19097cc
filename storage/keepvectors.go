package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
)

// KeepVectors deletes the vectors of all other encoders, except the roots (see SetRoots). A row of an older release that
// holds several halves goes when no encoder to keep needs it any more. KeepVectors works
// in slices, so that other writers get their turn. After an error the rest is still
// there. It writes nothing if there is nothing to delete.
func (s *Store) KeepVectors(ctx context.Context, keep []Encoder) error {
	return s.dropVectors(ctx, "delete vectors", func(txn, vectorOwners) ([]Encoder, error) { return keep, nil })
}

// DropVectors deletes the vectors of one encoder, as KeepVectors does.
func (s *Store) DropVectors(ctx context.Context, e Encoder) error {
	return s.dropVectors(ctx, "delete vectors", func(_ txn, o vectorOwners) (keep []Encoder, err error) {
		for _, other := range o.known {
			if other != e {
				keep = append(keep, other)
			}
		}
		return keep, nil
	})
}

// vectorOwners is what the store knows of whose its vectors are.
type vectorOwners struct {
	links map[uint32][]uint32 // checkpoint -> encoders of its rows in bucketVectors
	known map[uint32]Encoder
}

// keeper returns the encoders whose vectors stay.
type keeper func(t txn, o vectorOwners) ([]Encoder, error)

// vectorRows are the rows of a number in a bucket of vectors.
type vectorRows struct {
	bucket []byte
	number uint32
}

// dropVectors deletes the vectors of all encoders but the roots and those that named
// returns. An encoder that gets its first vector after named was asked is left alone.
func (s *Store) dropVectors(ctx context.Context, op string, named keeper) error {
	kept := func(t txn, o vectorOwners) ([]Encoder, error) {
		keep, err := named(t, o)
		if err != nil {
			return nil, err
		}
		roots, err := t.roots()
		return slices.Concat(keep, roots), err
	}
	if !s.hasEncoders() { // the first write upgrades the store
		if err := s.update(ctx, op, func(txn) error { return nil }); err != nil {
			return err
		}
	}
	var unwanted []vectorRows
	var shared []sharedRows
	err := s.view(op, func(t txn) (err error) {
		unwanted, shared, err = t.unwantedVectors(kept)
		return err
	})
	if err != nil {
		return err
	}
	for _, rows := range unwanted {
		for more := true; more; {
			err := s.update(ctx, op, func(t txn) (err error) {
				more, err = t.dropRows(rows)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	for _, rows := range shared {
		if err := s.dropRedundant(ctx, op, rows.checkpoint, rows.needed); err != nil {
			return err
		}
	}
	return s.dropUnusedEncoders(ctx, op, kept)
}

// sharedRows are the rows of a checkpoint of an older release that are needed.
type sharedRows struct {
	checkpoint uint32
	halves     int // in a row
	needed     []Encoder
}

// unwantedVectors finds the rows that no encoder to keep needs, and those of older
// releases that are needed. Of the latter, those with the most halves come first: when
// two checkpoints have the same vectors, the smaller rows stay, which are exact.
func (t txn) unwantedVectors(kept keeper) (unwanted []vectorRows, shared []sharedRows, err error) {
	var o vectorOwners
	if o.links, o.known, err = t.links(); err != nil {
		return nil, nil, err
	}
	keep, err := kept(t, o)
	if err != nil {
		return nil, nil, err
	}
	err = t.prefixes(bucketEmbeddings, func(n uint32) error {
		if e, ok := o.known[n]; !ok || !slices.Contains(keep, e) {
			unwanted = append(unwanted, vectorRows{bucketEmbeddings, n})
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	err = t.prefixes(bucketVectors, func(cp uint32) error {
		rows := sharedRows{checkpoint: cp, halves: len(o.links[cp])}
		for _, e := range encodersOf(o.known, o.links[cp]) {
			if slices.Contains(keep, e) {
				rows.needed = append(rows.needed, e)
			}
		}
		if rows.needed == nil {
			unwanted = append(unwanted, vectorRows{bucketVectors, cp})
		} else {
			shared = append(shared, rows)
		}
		return nil
	})
	slices.SortStableFunc(shared, func(a, b sharedRows) int { return b.halves - a.halves })
	return unwanted, shared, err
}

// dropRows deletes up to pageKeys rows.
func (t txn) dropRows(rows vectorRows) (more bool, err error) {
	var keys [][]byte
	after, err := t.scan(rows.bucket, key32(rows.number), nil, pageKeys, func(key, _ []byte) error {
		keys = append(keys, bytes.Clone(key))
		return nil
	})
	if err != nil {
		return false, err
	}
	if err := t.del(rows.bucket, keys...); err != nil {
		return false, err
	}
	t.st.addRows(rows.bucket, rows.number, -len(keys))
	if after == nil { // whatever a damaged count says
		t.st.setRows(rows.bucket, rows.number, 0)
	}
	return after != nil, nil
}

// dropRedundant deletes the rows of a checkpoint of which other rows have all vectors
// that are needed.
func (s *Store) dropRedundant(ctx context.Context, op string, cp uint32, needed []Encoder) error {
	for after, more := []byte(nil), true; more; {
		var keys [][]byte
		err := s.view(op, func(t txn) error {
			others, err := t.joinerWithout(cp, needed)
			if err != nil {
				return err
			}
			after, err = t.scan(bucketVectors, key32(cp), after, pageKeys, func(key, _ []byte) error {
				if others.hasAll(key) {
					keys = append(keys, bytes.Clone(key))
				}
				return nil
			})
			return err
		})
		if err != nil {
			return err
		}
		more = after != nil
		if len(keys) == 0 {
			continue
		}
		err = s.update(ctx, op, func(t txn) error { return t.dropRedundant(cp, needed, keys) })
		if err != nil {
			return err
		}
	}
	return nil
}

// dropRedundant deletes those of the rows that are still redundant: other rows may have
// gone meanwhile.
func (t txn) dropRedundant(cp uint32, needed []Encoder, keys [][]byte) error {
	others, err := t.joinerWithout(cp, needed)
	if err != nil {
		return err
	}
	for _, key := range keys {
		exists, err := t.has(bucketVectors, key)
		if err != nil {
			return err
		}
		if !exists || !others.hasAll(key) {
			continue
		}
		if err := t.del(bucketVectors, key); err != nil {
			return err
		}
		t.st.addRows(bucketVectors, cp, -1)
	}
	return nil
}

// joinerWithout is joiner without the rows that an older release stored of a checkpoint.
func (t txn) joinerWithout(cp uint32, encoders []Encoder) (*joiner, error) {
	j, err := t.joiner(encoders)
	if err != nil {
		return nil, err
	}
	for i, list := range j.places {
		j.places[i] = slices.DeleteFunc(list, func(p *place) bool { return bytes.Equal(p.bucket, bucketVectors) && p.number == cp })
	}
	return j, nil
}

// hasAll reports whether every encoder has a vector of the frame in a key.
func (j *joiner) hasAll(key []byte) bool {
	_, id, err := splitVectorKey(bucketVectors, key)
	if err != nil {
		return false
	}
	for i := range j.places {
		if !j.has(i, id) {
			return false
		}
	}
	return true
}

// dropUnusedEncoders deletes the links without rows, and the records of encoders that
// are damaged, or have no vectors and are not kept.
func (s *Store) dropUnusedEncoders(ctx context.Context, op string, kept keeper) error {
	found := false
	err := s.view(op, func(t txn) error {
		links, encoders, err := t.unusedEncoders(kept)
		found = len(links)+len(encoders) > 0
		return err
	})
	if err != nil || !found {
		return err
	}
	return s.update(ctx, op, func(t txn) error {
		links, encoders, err := t.unusedEncoders(kept)
		if err != nil {
			return err
		}
		if err := t.del(bucketLinks, links...); err != nil {
			return err
		}
		return t.del(bucketEncoders, encoders...)
	})
}

// unusedEncoders returns the keys of the links and encoders that dropUnusedEncoders
// deletes.
func (t txn) unusedEncoders(kept keeper) (links, encoders [][]byte, err error) {
	var o vectorOwners
	if o.links, o.known, err = t.links(); err != nil {
		return nil, nil, err
	}
	keep, err := kept(t, o)
	if err != nil {
		return nil, nil, err
	}
	h, err := t.servingHistory()
	if err != nil {
		return nil, nil, err
	}
	used := slices.Clone(h.encoders(h.current()))
	linked := map[uint32]bool{} // checkpoints that have rows
	err = t.prefixes(bucketVectors, func(cp uint32) error {
		used, linked[cp] = append(used, o.links[cp]...), true
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	err = t.prefixes(bucketEmbeddings, func(n uint32) error {
		used = append(used, n)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	_, err = t.scan(bucketEncoders, nil, nil, -1, func(key, raw []byte) error {
		n, e, err := unsealEncoder(key, raw)
		if err != nil || !slices.Contains(used, n) && !slices.Contains(keep, e) {
			encoders = append(encoders, bytes.Clone(key))
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	_, err = t.scan(bucketLinks, nil, nil, -1, func(key, _ []byte) error {
		if len(key) != 4 || !linked[binary.BigEndian.Uint32(key)] {
			links = append(links, bytes.Clone(key))
		}
		return nil
	})
	return links, encoders, err
}
