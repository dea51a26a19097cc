package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// CheckReport is what Store.Check found.
type CheckReport struct {
	Frames      int
	Vectors     int // each half of a join counts
	Checkpoints int
	Chunks      int      // of tensors
	Replay      int      // pictures to learn from
	Sightings   int      // frames that were seen again
	Values      int      // all values that were verified
	Problems    int      // how many
	Examples    []string // the first problems, at most 20
}

// OK reports that nothing is wrong.
func (r *CheckReport) OK() bool { return r.Problems == 0 }

func (r *CheckReport) add(err error) {
	if r.Problems++; len(r.Examples) < 20 {
		r.Examples = append(r.Examples, err.Error())
	}
}

// note keeps damage in the report and returns every other error.
func (r *CheckReport) note(err error) error {
	if errors.Is(err, ErrCorrupt) {
		r.add(err)
		return nil
	}
	return err
}

// count counts a value, damaged or not.
func (r *CheckReport) count(bucket []byte) {
	r.Values++
	switch string(bucket) {
	case string(bucketFrames):
		r.Frames++
	case string(bucketVectors), string(bucketEmbeddings):
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

// Check verifies the whole store: the structure of the file (by package boltfile,
// then by bbolt), every checksum, the hash of every chunk, and that all parts fit
// together. The report says what is wrong. An error means that the check could
// not be done. Writers wait during the first part, which reads the head of every
// page: for a large store on an SD card that takes a minute or more.
func (s *Store) Check(ctx context.Context) (CheckReport, error) {
	const op = "check store"
	var r CheckReport
	if err := s.checkStructure(&r); err != nil || !r.OK() {
		// Reading on through a broken tree could end in a cycle.
		return r, classify(op, s.path, err)
	}
	unchanged, firstTx := true, 0 // whether all pages were read in the same state of the file
	for _, name := range s.buckets() {
		for after, more := []byte(nil), true; more; {
			if err := ctx.Err(); err != nil {
				return r, err
			}
			err := s.view(op, func(t txn) (err error) {
				if firstTx == 0 {
					firstTx = t.tx.ID()
				}
				unchanged = unchanged && t.tx.ID() == firstTx
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
		if !unchanged || t.tx.ID() != firstTx {
			return nil // counted while others wrote
		}
		return r.note(t.checkCounts(&r))
	})
	return r, err
}

// checkStructure verifies the pages of the file. It holds the write lock, so the
// file does not change meanwhile.
func (s *Store) checkStructure(r *CheckReport) (err error) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	defer catch(&err)()
	// A write transaction keeps the freelist as it is, which bbolt's check reads.
	tx, err := s.db.Begin(!s.opt.ReadOnly)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	if _, err := verifyStructure(s.path, true); err != nil {
		return r.note(err)
	}
	for problem := range tx.Check() {
		r.add(fmt.Errorf("%w: %w", ErrCorrupt, problem))
	}
	return nil
}

// checkCounts compares the counts of the state with what was found.
func (t txn) checkCounts(r *CheckReport) error {
	st, err := getState(t)
	if err != nil {
		return err
	}
	vectors := 0
	for _, n := range st.Vectors {
		vectors += n
	}
	for _, n := range st.Embeddings {
		vectors += n
	}
	if st.Frames != r.Frames || vectors != r.Vectors || st.Replay != r.Replay {
		return corrupt(bucketMeta, keyState, "counts %d frames, %d vectors and %d pictures to learn from, the store has %d, %d and %d",
			st.Frames, vectors, st.Replay, r.Frames, r.Vectors, r.Replay)
	}
	return nil
}

// checkRecord verifies that a payload can be read and that what it refers to is
// there. The checksum of the value was verified before.
func (t txn) checkRecord(bucket, key, payload []byte) error {
	switch string(bucket) {
	case string(bucketFrames):
		return t.checkFrame(key, payload)
	case string(bucketVectors):
		return t.checkOldVector(key, payload)
	case string(bucketEmbeddings):
		return t.checkVector(key, payload)
	case string(bucketEncoders):
		_, err := decodeEncoder(key, payload)
		return err
	case string(bucketLinks):
		return t.checkLink(key, payload)
	case string(bucketCheckpoints):
		return t.checkCheckpoint(key)
	case string(bucketManifests):
		return t.checkManifest(key, payload)
	case string(bucketData), string(bucketLabels):
		return t.checkOwner(bucket, key, bucketFrames, "its frame")
	case string(bucketReplay):
		return t.checkReplay(key, payload)
	case string(bucketReplayData):
		return t.checkOwner(bucket, key, bucketReplay, "its record")
	case string(bucketSightings):
		return t.checkSightings(key, payload)
	case string(bucketFiles):
		if _, ok := decodeFileRecord(payload); !ok {
			return corrupt(bucket, key, "the record cannot be read")
		}
	case string(bucketEvents):
		if !json.Valid(payload) {
			return corrupt(bucket, key, "the record cannot be read")
		}
	case string(bucketResume):
		m, err := t.manifest(stateManifestKey(string(key)))
		return errors.Join(err, missing(bucket, key, m == nil, "its list of tensors"))
	}
	return nil
}

// missing returns damage if what a value refers to is absent.
func missing(bucket, key []byte, absent bool, what string) error {
	if !absent {
		return nil
	}
	return corrupt(bucket, key, "%s is missing", what)
}

// checkOwner verifies that the record which key belongs to exists: it is in the
// bucket owners, under the frame's key. what names it in the message.
func (t txn) checkOwner(bucket, key, owners []byte, what string) error {
	if len(key) < 8 {
		return corrupt(bucket, key, "key of %d bytes", len(key))
	}
	exists, err := t.has(owners, key[:8])
	if err != nil {
		return err
	}
	return missing(bucket, key, !exists, what)
}

func (t txn) checkFrame(key, payload []byte) error {
	id, err := keyUint64(bucketFrames, key)
	if err != nil {
		return err
	}
	f, err := t.decodeFrame(FrameID(id), payload)
	if err != nil {
		return err
	}
	return t.checkPicture(bucketFrames, bucketData, key, f.KeptBytes)
}

func (t txn) checkVector(key, payload []byte) error {
	n, id, err := splitVectorKey(bucketEmbeddings, key)
	if err != nil {
		return err
	}
	text, err := t.get(bucketEncoders, key32(n))
	if err != nil || text == nil {
		return errors.Join(err, missing(bucketEmbeddings, key, err == nil, "its encoder"))
	}
	e, err := decodeEncoder(key32(n), text)
	if err != nil {
		return err
	}
	if len(payload) != 4*e.Dim {
		return corrupt(bucketEmbeddings, key, "%d bytes, %v", len(payload), e)
	}
	exists, err := t.has(bucketFrames, frameKey(id))
	if err != nil {
		return err
	}
	return missing(bucketEmbeddings, key, !exists, "its frame")
}

// checkOldVector verifies a vector of an older release. It can outlive its checkpoint
// when another one needs half of it. Then its link says who computed it.
func (t txn) checkOldVector(key, payload []byte) error {
	n, id, err := splitVectorKey(bucketVectors, key)
	if err != nil {
		return err
	}
	c, ok, err := t.checkpoint(n)
	if err != nil {
		return err
	}
	if !ok {
		linked := false
		if t.tx.Bucket(bucketLinks) != nil {
			linked, err = t.has(bucketLinks, key32(n))
		}
		if err != nil || !linked {
			return errors.Join(err, missing(bucketVectors, key, err == nil, "its checkpoint"))
		}
	}
	if len(payload) == 0 || len(payload)%4 != 0 || c.Dim > 0 && len(payload) != 4*c.Dim {
		return corrupt(bucketVectors, key, "%d bytes, checkpoint %s has vectors of %d values", len(payload), c.ID, c.Dim)
	}
	exists, err := t.has(bucketFrames, frameKey(id))
	if err != nil {
		return err
	}
	return missing(bucketVectors, key, !exists, "its frame")
}

// checkLink verifies that the encoders of a link are known.
func (t txn) checkLink(key, payload []byte) error {
	numbers, err := decodeLink(key, payload)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		exists, err := t.has(bucketEncoders, key32(n))
		if err != nil {
			return err
		}
		if !exists {
			return missing(bucketLinks, key, true, fmt.Sprintf("encoder %d", n))
		}
	}
	return nil
}

func (t txn) checkCheckpoint(key []byte) error {
	n, err := checkpointNumber(key)
	if err != nil {
		return err
	}
	if _, _, err := t.checkpoint(n); err != nil {
		return err
	}
	m, err := t.manifest(checkpointManifestKey(n))
	return errors.Join(err, missing(bucketCheckpoints, key, err == nil && m == nil, "its list of tensors"))
}

// checkManifest verifies the hash of every chunk that a manifest names.
func (t txn) checkManifest(key, payload []byte) error {
	m, err := decodeManifest(key, payload)
	if err != nil {
		return err
	}
	var errs []error
	for _, rec := range m.Tensors {
		for _, ref := range rec.Chunks {
			if _, err := t.chunk(ref); err != nil {
				errs = append(errs, err)
			}
		}
	}
	if len(key) == 5 && bytes.HasPrefix(key, []byte("c")) {
		_, ok, err := t.checkpoint(binary.BigEndian.Uint32(key[1:]))
		errs = append(errs, err, missing(bucketManifests, key, err == nil && !ok, "its checkpoint"))
	}
	return errors.Join(errs...)
}

func (t txn) checkReplay(key, payload []byte) error {
	if _, err := keyUint64(bucketReplay, key); err != nil {
		return err
	}
	rec, ok := decodeReplayRecord(payload)
	if !ok {
		return corrupt(bucketReplay, key, "the record cannot be read")
	}
	if err := t.checkOwner(bucketReplay, key, bucketFrames, "its frame"); err != nil {
		return err
	}
	return t.checkPicture(bucketReplay, bucketReplayData, key, rec.size)
}

func (t txn) checkSightings(key, payload []byte) error {
	if _, err := keyUint64(bucketSightings, key); err != nil {
		return err
	}
	if _, ok := decodeSightings(payload); !ok {
		return corrupt(bucketSightings, key, "the record cannot be read")
	}
	return t.checkOwner(bucketSightings, key, bucketFrames, "its frame")
}
