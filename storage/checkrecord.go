package storage

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
)

// checkRecord verifies that a value can be read and that what it refers to is
// there. Its own checksum was verified before.
func (t txn) checkRecord(bucket, key, payload []byte) error {
	switch string(bucket) {
	case string(bucketFrames):
		return t.checkFrame(key, payload)
	case string(bucketVectors):
		return t.checkVector(key, payload)
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
		if m, err := t.readManifest(resumeManifestKey(string(key))); err != nil || m == nil {
			return errors.Join(err, missing(bucket, key, m == nil, "its list of tensors"))
		}
	}
	return nil
}

// missing is damage when absent is true.
func missing(bucket, key []byte, absent bool, what string) error {
	if !absent {
		return nil
	}
	return corrupt(bucket, key, "%s is missing", what)
}

func (t txn) checkFrame(key, payload []byte) error {
	id, err := keyUint64(bucketFrames, key)
	if err != nil {
		return err
	}
	f, err := t.decodeFrame(key, FrameID(id), payload)
	if err != nil {
		return err
	}
	return t.checkPicture(bucketFrames, bucketData, key, f.KeptBytes)
}

func (t txn) checkVector(key, payload []byte) error {
	id, err := vectorFrame(key)
	if err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(key)
	c, ok, err := t.checkpoint(n)
	switch {
	case err != nil:
		return err
	case !ok:
		return corrupt(bucketVectors, key, "its checkpoint is missing")
	case len(payload)%4 != 0 || c.Dim > 0 && len(payload) != 4*c.Dim:
		return corrupt(bucketVectors, key, "%d bytes, checkpoint %s has vectors of %d values", len(payload), c.ID, c.Dim)
	}
	frames, err := t.bucket(bucketFrames)
	if err != nil {
		return err
	}
	return missing(bucketVectors, key, frames.Get(frameKey(id)) == nil, "its frame")
}

func (t txn) checkCheckpoint(key []byte) error {
	if len(key) != 4 {
		return corrupt(bucketCheckpoints, key, "key of %d bytes, want 4", len(key))
	}
	n := binary.BigEndian.Uint32(key)
	if _, _, err := t.checkpoint(n); err != nil {
		return err
	}
	m, err := t.readManifest(checkpointManifestKey(n))
	return errors.Join(err, missing(bucketCheckpoints, key, err == nil && m == nil, "its list of tensors"))
}

// checkManifest verifies the hash of every chunk that a manifest names.
func (t txn) checkManifest(key, payload []byte) error {
	var m manifest
	if err := json.Unmarshal(payload, &m); err != nil {
		return corrupt(bucketManifests, key, "%v", err)
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

// checkOwner verifies that what belongs to a frame has its owner in another
// bucket, under the frame's key.
func (t txn) checkOwner(bucket, key, owners []byte, what string) error {
	if len(key) < 8 {
		return corrupt(bucket, key, "key of %d bytes", len(key))
	}
	b, err := t.bucket(owners)
	if err != nil {
		return err
	}
	return missing(bucket, key, b.Get(key[:8]) == nil, what)
}
