package storage

import (
	"context"
	"errors"
	"fmt"
	"os"

	"edgeclr/storage/boltfile"
)

// CheckReport is what Store.Check found.
type CheckReport struct {
	Frames      int
	Vectors     int
	Checkpoints int
	Chunks      int      // of tensors
	Replay      int      // pictures to learn from
	Sightings   int      // frames that were seen again
	Values      int      // all values verified
	Problems    int      // how many
	Examples    []string // the first of them, at most 20
}

// OK says that nothing is wrong.
func (r *CheckReport) OK() bool { return r.Problems == 0 }

func (r *CheckReport) add(err error) {
	if r.Problems++; len(r.Examples) < 20 {
		r.Examples = append(r.Examples, err.Error())
	}
}

// count counts a value, damaged or not.
func (r *CheckReport) count(bucket []byte) {
	r.Values++
	switch string(bucket) {
	case string(bucketFrames):
		r.Frames++
	case string(bucketVectors):
		r.Vectors++
	case string(bucketCheckpoints):
		r.Checkpoints++
	case string(bucketChunks):
		r.Chunks++
	case string(bucketReplay):
		r.Replay++
	case string(bucketSightings):
		r.Sightings++
	}
}

// note keeps damage in the report and passes every other error on.
func (r *CheckReport) note(err error) error {
	if errors.Is(err, ErrCorrupt) {
		r.add(err)
		return nil
	}
	return err
}

// Check verifies the whole store: the structure of the file (its own walk, then
// bbolt's), every checksum, the hash of every chunk, and that all parts fit
// together. What is wrong is in the report; an error means that the check could
// not be done. Writers wait during the first part, which reads the head of every
// page: a minute or more for a large store on an SD card.
func (s *Store) Check(ctx context.Context) (CheckReport, error) {
	const op = "check store"
	var r CheckReport
	if err := s.checkStructure(&r); err != nil || !r.OK() {
		// Reading on through a broken tree could end in a cycle.
		return r, classify(op, s.path, err)
	}
	still, first := true, 0 // whether all pages were of one transaction
	for _, name := range s.buckets() {
		for after, more := []byte(nil), true; more; {
			if err := ctx.Err(); err != nil {
				return r, err
			}
			err := s.view(op, func(t txn) (err error) {
				if first == 0 {
					first = t.tx.ID()
				}
				still = still && t.tx.ID() == first
				after, err = t.scan(name, nil, after, pageRows, func(key, raw []byte) error {
					r.count(name)
					payload, err := unseal(name, key, raw)
					if err == nil {
						err = t.checkRecord(name, key, payload)
					}
					return r.note(err)
				})
				return err
			})
			if err := r.note(err); err != nil {
				return r, err
			}
			more = after != nil
		}
	}
	err := s.view(op, func(t txn) error {
		if !still || t.tx.ID() != first {
			return nil // counted while others wrote
		}
		return r.note(t.checkCounts(&r))
	})
	return r, err
}

// checkStructure verifies the pages of the file while nobody writes.
func (s *Store) checkStructure(r *CheckReport) (err error) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	defer catch(&err)()
	// A write transaction keeps the freelist still, which bbolt's check reads.
	tx, err := s.db.Begin(!s.opt.ReadOnly)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	file, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	meta, _, err := boltfile.ReadMeta(file, info.Size())
	if err == nil {
		err = boltfile.Verify(file, meta, true)
	}
	if err != nil {
		return r.note(fileDamage(err))
	}
	for problem := range tx.Check() {
		r.add(fmt.Errorf("%w: %w", ErrCorrupt, problem))
	}
	return nil
}

// checkCounts compares the stored counts with what was found.
func (t txn) checkCounts(r *CheckReport) error {
	st, err := getState(t)
	if err != nil {
		return err
	}
	vectors := 0
	for _, n := range st.Vectors {
		vectors += n
	}
	if st.Frames != r.Frames || vectors != r.Vectors || st.Replay != r.Replay {
		return corrupt(bucketMeta, keyState, "counts %d frames, %d vectors and %d pictures to learn from, the store has %d, %d and %d",
			st.Frames, vectors, st.Replay, r.Frames, r.Vectors, r.Replay)
	}
	return nil
}
