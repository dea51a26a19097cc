package storage

import (
	"bytes"
	"context"
)

// vectorRow is the key of a row, with the place of the vectors of an encoder in it.
type vectorRow struct {
	place *place
	dim   int // of the encoder's vectors
	key   []byte
}

// damaged reports whether the value of a row cannot be read.
func (r vectorRow) damaged(raw []byte) bool {
	_, id, err := splitVectorKey(r.place.bucket, r.key)
	if err == nil {
		_, err = r.place.verify(id, raw, r.dim)
	}
	return err != nil
}

// DropDamagedVectors deletes the damaged vectors by the encoders and returns how many
// rows these were. MissingVectors then names their frames, and embedding them again
// repairs the store. Call it when Vectors returns ErrCorrupt.
func (s *Store) DropDamagedVectors(ctx context.Context, encoders []Encoder) (int, error) {
	const op = "drop damaged vectors"
	var places []vectorRow
	err := s.viewVectors(op, encoders, func(_ txn, j *joiner) error {
		for i, list := range j.places {
			for _, p := range list {
				places = append(places, vectorRow{place: p, dim: j.encoders[i].Dim})
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	var damaged []vectorRow
	for _, at := range places {
		rows := pages[vectorRow]{bucket: at.place.bucket, prefix: key32(at.place.number), size: pageRows,
			decode: func(_ txn, key, raw []byte) (vectorRow, bool, error) {
				r := vectorRow{at.place, at.dim, bytes.Clone(key)}
				return r, r.damaged(raw), nil
			}}
		err := rows.each(ctx, s, op, func(r vectorRow) error {
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
	err = s.update(ctx, op, func(t txn) (err error) {
		dropped, err = t.dropDamaged(damaged)
		return err
	})
	return dropped, err
}

// dropDamaged deletes those of the rows that are still there and damaged.
func (t txn) dropDamaged(rows []vectorRow) (dropped int, err error) {
	for _, r := range rows {
		b, err := t.bucket(r.place.bucket)
		if err != nil {
			return 0, err
		}
		raw := b.Get(r.key)
		if raw == nil || !r.damaged(raw) {
			continue // dropped, or stored again meanwhile
		}
		if err := b.Delete(r.key); err != nil {
			return 0, err
		}
		t.st.addRows(r.place.bucket, r.place.number, -1)
		dropped++
	}
	return dropped, nil
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
