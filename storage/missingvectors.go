package storage

import "context"

// MissingVector is a frame that lacks the vectors of some encoders.
type MissingVector struct {
	ID     FrameID
	lacked uint64
}

// Lacks reports whether the vector by encoder i of the list is missing.
func (m MissingVector) Lacks(i int) bool { return m.lacked>>i&1 == 1 }

// MissingVectors returns the frames that lack a vector by one of the encoders, newest
// first, at most limit of them (limit <= 0: all). There are at most 64 encoders. It
// leaves out frames whose picture was not kept, because they cannot be embedded. Each
// call looks through the frames from the newest one, so ask for many at once: one is 16
// bytes.
func (s *Store) MissingVectors(ctx context.Context, encoders []Encoder, limit int) ([]MissingVector, error) {
	const op = "look for missing vectors"
	complete := false
	err := s.viewVectors(op, encoders, func(_ txn, j *joiner) error {
		complete = s.complete(j)
		return nil
	})
	if err != nil || complete {
		return nil, err
	}
	var missing []MissingVector
	for before := FrameID(1<<64 - 1); before > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := s.viewVectors(op, encoders, func(t txn, j *joiner) (err error) {
			before, err = t.missingVectors(j, before, limit, &missing)
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

// complete reports that every encoder has one place with vectors of all frames. It
// goes by the counts alone, so it may not notice that several places together have all.
func (s *Store) complete(j *joiner) (yes bool) {
	s.state.read(func(st *state) {
		yes = true
		for _, list := range j.places {
			most := 0
			for _, p := range list {
				most = max(most, st.rows(p.bucket, p.number))
			}
			yes = yes && most >= st.Frames
		}
	})
	return yes
}

// missingVectors looks at one page of frames below before. It returns the number to go
// on from, or 0 when it is done.
func (t txn) missingVectors(j *joiner, before FrameID, limit int, to *[]MissingVector) (FrameID, error) {
	frames, err := t.bucket(bucketFrames)
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
		m := MissingVector{ID: FrameID(n)}
		if m.ID >= before {
			continue
		}
		if rows++; rows > pageKeys || limit > 0 && len(*to) >= limit {
			return m.ID + 1, nil
		}
		for i := range j.places {
			if !j.has(i, m.ID) {
				m.lacked |= 1 << i
			}
		}
		if m.lacked == 0 {
			continue
		}
		payload, err := unseal(bucketFrames, k, raw)
		if err != nil {
			continue // a damaged frame cannot be embedded; Frames and Check report it
		}
		if f, ok := decodeFrameRecord(payload); ok && f.Kept != KeptNone {
			*to = append(*to, m)
		}
	}
	return 0, nil
}
