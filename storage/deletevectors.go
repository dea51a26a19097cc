package storage

import (
	"bytes"
	"context"
	"slices"
)

// KeepVectors deletes the vectors of all other encoders. A row of an older release that
// holds several halves goes when no encoder to keep needs it any more. KeepVectors works
// in slices, so that other writers get their turn. After an error the rest is still
// there. It writes nothing if there is nothing to delete.
func (s *Store) KeepVectors(ctx context.Context, keep []Encoder) error {
	return s.dropVectors(ctx, "delete vectors", func(txn, vectorOwners) ([]Encoder, error) { return keep, nil })
}

// vectorOwners is what the store knows of whose its vectors are.
type vectorOwners struct {
	links map[uint32][]uint32 // checkpoint -> encoders of its rows in bucketVectors
	known map[uint32]Encoder
}

// dropVectors deletes the vectors of all encoders but those that kept names. An encoder
// that gets its first vector after kept was asked is left alone.
func (s *Store) dropVectors(ctx context.Context, op string, kept func(t txn, o vectorOwners) ([]Encoder, error)) error {
	type rows struct {
		bucket []byte
		number uint32
	}
	var drop []rows
	shared := map[uint32][]Encoder{} // checkpoint -> encoders that need its rows
	if !s.hasEncoders() {            // the first write upgrades the store
		if err := s.update(ctx, op, func(txn) error { return nil }); err != nil {
			return err
		}
	}
	err := s.view(op, func(t txn) (err error) {
		var o vectorOwners
		if o.links, o.known, err = t.links(); err != nil {
			return err
		}
		keep, err := kept(t, o)
		if err != nil {
			return err
		}
		err = t.prefixes(bucketEmbeddings, func(n uint32) error {
			if e, ok := o.known[n]; !ok || !slices.Contains(keep, e) {
				drop = append(drop, rows{bucketEmbeddings, n})
			}
			return nil
		})
		if err != nil {
			return err
		}
		return t.prefixes(bucketVectors, func(n uint32) error {
			for _, e := range encodersOf(o.known, o.links[n]) {
				if slices.Contains(keep, e) {
					shared[n] = append(shared[n], e)
				}
			}
			if shared[n] == nil {
				drop = append(drop, rows{bucketVectors, n})
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, d := range drop {
		for more := true; more; {
			err := s.update(ctx, op, func(t txn) (err error) {
				more, err = t.dropRows(d.bucket, d.number)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	for n, needed := range shared {
		if err := s.dropRedundant(ctx, op, n, needed); err != nil {
			return err
		}
	}
	return s.dropUnusedEncoders(ctx, op, kept)
}

// dropRows deletes up to pageKeys rows of a number in a bucket of vectors.
func (t txn) dropRows(bucket []byte, n uint32) (more bool, err error) {
	var keys [][]byte
	after, err := t.scan(bucket, key32(n), nil, pageKeys, func(key, _ []byte) error {
		keys = append(keys, bytes.Clone(key))
		return nil
	})
	if err != nil {
		return false, err
	}
	if err := t.del(bucket, keys...); err != nil {
		return false, err
	}
	t.st.addRows(bucket, n, -len(keys))
	if after == nil {
		t.st.setRows(bucket, n, 0)
	}
	return after != nil, nil
}

// dropRedundant deletes the rows of a checkpoint whose vectors are elsewhere, too. Those
// by other encoders than needed do not count.
func (s *Store) dropRedundant(ctx context.Context, op string, cp uint32, needed []Encoder) error {
	for after, more := []byte(nil), true; more; {
		var keys [][]byte
		err := s.view(op, func(t txn) error {
			j, err := t.joinerWithout(cp, needed)
			if err != nil {
				return err
			}
			after, err = t.scan(bucketVectors, key32(cp), after, pageKeys, func(key, _ []byte) error {
				if j.hasAll(key) {
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
		err = s.update(ctx, op, func(t txn) error {
			j, err := t.joinerWithout(cp, needed)
			if err != nil {
				return err
			}
			for _, key := range keys {
				// The other one may have been deleted meanwhile.
				if exists, err := t.has(bucketVectors, key); err != nil || !exists || !j.hasAll(key) {
					continue
				}
				if err := t.del(bucketVectors, key); err != nil {
					return err
				}
				t.st.addRows(bucketVectors, cp, -1)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// joinerWithout is joiner without the old rows of a checkpoint.
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
// are neither kept nor linked.
func (s *Store) dropUnusedEncoders(ctx context.Context, op string, kept func(t txn, o vectorOwners) ([]Encoder, error)) error {
	unused := func(t txn) (links, encoders [][]byte, err error) {
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
		err = t.prefixes(bucketVectors, func(cp uint32) error {
			used = append(used, o.links[cp]...)
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
		for n, e := range o.known {
			if !slices.Contains(used, n) && !slices.Contains(keep, e) {
				encoders = append(encoders, key32(n))
			}
		}
		rows, err := t.bucket(bucketVectors)
		if err != nil {
			return nil, nil, err
		}
		for cp := range o.links {
			if key, _ := rows.Cursor().Seek(key32(cp)); !bytes.HasPrefix(key, key32(cp)) {
				links = append(links, key32(cp))
			}
		}
		return links, encoders, nil
	}
	found := false
	err := s.view(op, func(t txn) error {
		links, encoders, err := unused(t)
		found = len(links)+len(encoders) > 0
		return err
	})
	if err != nil || !found {
		return err
	}
	return s.update(ctx, op, func(t txn) error {
		links, encoders, err := unused(t)
		if err != nil {
			return err
		}
		if err := t.del(bucketLinks, links...); err != nil {
			return err
		}
		return t.del(bucketEncoders, encoders...)
	})
}

// DropDamagedVectors deletes the damaged vectors by the encoders and returns how many
// rows these were. MissingVectors then names their frames, and embedding them again
// repairs the store. Call it when Vectors returns ErrCorrupt.
func (s *Store) DropDamagedVectors(ctx context.Context, encoders []Encoder) (int, error) {
	const op = "drop damaged vectors"
	type row struct {
		place *place
		dim   int
		key   []byte
	}
	damagedRow := func(r row, raw []byte) bool {
		_, id, err := splitVectorKey(r.place.bucket, r.key)
		if err == nil {
			_, err = r.place.verify(id, raw, r.dim)
		}
		return err != nil
	}
	var damaged []row
	places := []row{}
	err := s.viewVectors(op, encoders, func(_ txn, j *joiner) error {
		for i, list := range j.places {
			for _, p := range list {
				places = append(places, row{place: p, dim: j.encoders[i].Dim})
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, at := range places {
		rows := pages[row]{bucket: at.place.bucket, prefix: key32(at.place.number), size: pageRows,
			decode: func(_ txn, key, raw []byte) (row, bool, error) {
				r := row{at.place, at.dim, bytes.Clone(key)}
				return r, damagedRow(r, raw), nil
			}}
		err := rows.each(ctx, s, op, func(r row) error {
			damaged = append(damaged, r)
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	if len(damaged) == 0 {
		return 0, nil
	}
	dropped := 0
	err = s.update(ctx, op, func(t txn) error {
		dropped = 0
		for _, r := range damaged {
			b, err := t.bucket(r.place.bucket)
			if err != nil {
				return err
			}
			raw := b.Get(r.key)
			if raw == nil || !damagedRow(r, raw) {
				continue // dropped, or stored again meanwhile
			}
			if err := b.Delete(r.key); err != nil {
				return err
			}
			t.st.addRows(r.place.bucket, r.place.number, -1)
			dropped++
		}
		return nil
	})
	return dropped, err
}

// dropVectorsOf deletes all vectors of a frame.
func (t txn) dropVectorsOf(id FrameID) error {
	for _, bucket := range [][]byte{bucketEmbeddings, bucketVectors} {
		rows, err := t.bucket(bucket)
		if err != nil {
			return err
		}
		var found []uint32
		err = t.prefixes(bucket, func(n uint32) error {
			if rows.Get(vectorKey(n, id)) != nil {
				found = append(found, n)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, n := range found {
			t.st.addRows(bucket, n, -1)
			if err := rows.Delete(vectorKey(n, id)); err != nil {
				return err
			}
		}
	}
	return nil
}
