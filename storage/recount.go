package storage

import (
	"encoding/binary"
	"errors"

	"go.etcd.io/bbolt"
)

// mendState makes the state anew by looking through the store. What only the
// state knew is lost: how many frames were gated, dropped and failed.
func (s *Store) mendState() error {
	var st *state
	err := s.view("count store", func(t txn) (err error) {
		st, err = recount(t, s.hasReplay())
		return err
	})
	if err != nil {
		return err
	}
	s.state.current = st
	if s.opt.ReadOnly {
		return nil
	}
	return s.db.Update(func(tx *bbolt.Tx) error { return putState(txn{tx: tx, st: st}) })
}

// recount counts records by their keys; replay says whether the store has
// pictures to learn from.
func recount(t txn, replay bool) (*state, error) {
	st := &state{Counters: Counters{Reasons: map[string]uint64{}}, Vectors: map[CheckpointID]int{}}
	each := func(bucket []byte, fn func(key []byte)) func() error {
		return func() error {
			_, err := t.scan(bucket, nil, nil, -1, func(key, _ []byte) error {
				fn(key)
				return nil
			})
			return err
		}
	}
	last := func(to *uint64) func([]byte) {
		return func(key []byte) {
			if len(key) == 8 {
				*to = binary.BigEndian.Uint64(key)
			}
		}
	}
	var lastFrame uint64
	lastOfFrames := last(&lastFrame)
	counts := []func() error{
		each(bucketFrames, func(key []byte) {
			st.Frames++
			lastOfFrames(key)
		}),
		each(bucketChunks, last(&st.LastChunk)),
		each(bucketEvents, last(&st.LastEvent)),
		each(bucketCheckpoints, func(key []byte) {
			if len(key) == 4 {
				st.LastCheckpoint = binary.BigEndian.Uint32(key)
			}
		}),
		each(bucketVectors, func(key []byte) {
			if len(key) == 12 {
				st.Vectors[checkpointID(binary.BigEndian.Uint32(key))]++
			}
		}),
	}
	if replay {
		counts = append(counts, each(bucketReplay, func([]byte) { st.Replay++ }))
	}
	for _, count := range counts {
		if err := count(); err != nil {
			return nil, err
		}
	}
	// Numbers of deleted frames and checkpoints must not be used again: labels
	// and file records may name higher ones.
	if err := lastFileFrame(t, &lastFrame); err != nil {
		return nil, err
	}
	st.LastFrame = FrameID(lastFrame)
	st.Stored = lastFrame
	st.Seen = lastFrame
	return st, nil
}

// lastFileFrame raises last to the highest frame that a file record names.
func lastFileFrame(t txn, last *uint64) error {
	_, err := t.scan(bucketFiles, nil, nil, -1, func(key, raw []byte) error {
		payload, err := unseal(bucketFiles, key, raw)
		if errors.Is(err, ErrCorrupt) {
			return nil
		}
		if rec, ok := decodeFileRecord(payload); ok {
			*last = max(*last, uint64(rec.frame))
		}
		return nil
	})
	return err
}
