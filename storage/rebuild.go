package storage

import (
	"encoding/binary"
	"errors"

	"go.etcd.io/bbolt"
)

// rebuildState replaces a damaged state by one that it counts in the store. What
// only the old state knew is lost: how many frames were gated, dropped and
// failed.
func (s *Store) rebuildState() error {
	var st *state
	err := s.view("count store", func(t txn) (err error) {
		st, err = countRecords(t, s.hasReplay())
		return err
	})
	if err != nil {
		return err
	}
	s.state.committed = st
	if s.opt.ReadOnly {
		return nil
	}
	return s.db.Update(func(tx *bbolt.Tx) error { return putState(txn{tx: tx, st: st}) })
}

// countRecords counts by keys alone, because values may be damaged, too. replay
// says whether the store has pictures to learn from.
func countRecords(t txn, replay bool) (*state, error) {
	st := &state{Counters: Counters{Reasons: map[string]uint64{}}, Vectors: map[CheckpointID]int{}}
	lastFrame := uint64(0)
	type counter struct {
		bucket []byte
		count  func(key []byte)
	}
	counters := []counter{
		{bucketFrames, func(key []byte) {
			st.Frames++
			setLast(&lastFrame, key)
		}},
		{bucketChunks, func(key []byte) { setLast(&st.LastChunk, key) }},
		{bucketEvents, func(key []byte) { setLast(&st.LastEvent, key) }},
		{bucketCheckpoints, func(key []byte) {
			if n, err := checkpointNumber(key); err == nil {
				st.LastCheckpoint = n
			}
		}},
		{bucketVectors, func(key []byte) {
			if _, err := vectorFrame(key); err == nil {
				st.Vectors[checkpointID(binary.BigEndian.Uint32(key))]++
			}
		}},
	}
	if replay {
		counters = append(counters, counter{bucketReplay, func([]byte) { st.Replay++ }})
	}
	for _, c := range counters {
		_, err := t.scan(c.bucket, nil, nil, -1, func(key, _ []byte) error {
			c.count(key)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	// The number of a deleted frame must not be used again: the records of files
	// may name higher ones.
	named, err := lastFrameOfFiles(t)
	if err != nil {
		return nil, err
	}
	st.LastFrame = FrameID(max(lastFrame, named))
	st.Stored = uint64(st.LastFrame)
	st.Seen = uint64(st.LastFrame)
	return st, nil
}

// setLast notes the number of a key. Keys ascend.
func setLast(last *uint64, key []byte) {
	if len(key) == 8 {
		*last = binary.BigEndian.Uint64(key)
	}
}

// lastFrameOfFiles returns the highest frame that a file record names.
func lastFrameOfFiles(t txn) (last uint64, err error) {
	_, err = t.scan(bucketFiles, nil, nil, -1, func(key, raw []byte) error {
		payload, err := unseal(bucketFiles, key, raw)
		if errors.Is(err, ErrCorrupt) {
			return nil
		}
		if rec, ok := decodeFileRecord(payload); ok {
			last = max(last, uint64(rec.frame))
		}
		return nil
	})
	return last, err
}
