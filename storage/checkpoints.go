package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"edgeclr/internal/tensor"
)

// CheckpointID names a checkpoint: "c1", "c2", ... in the order they were stored.
// A name is never used again.
type CheckpointID string

// number returns ErrNotFound for a name that no checkpoint can have.
func (id CheckpointID) number() (uint32, error) {
	digits, ok := strings.CutPrefix(string(id), "c")
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || n == 0 || checkpointID(uint32(n)) != id {
		return 0, fmt.Errorf("checkpoint %q: %w", string(id), ErrNotFound)
	}
	return uint32(n), nil
}

func checkpointID(n uint32) CheckpointID {
	return CheckpointID("c" + strconv.FormatUint(uint64(n), 10))
}

// Checkpoint describes a version of the encoder, without its tensors: see
// Store.Tensors.
type Checkpoint struct {
	ID   CheckpointID `json:"id"`   // set by the store
	Kind string       `json:"kind"` // CheckpointPretrained and its siblings
	Arch string       `json:"arch"`

	// Size is the serving size: the side of the square that the network sees when it
	// serves, in pixels. It is one for the whole store, a user's file excepted: once a
	// checkpoint has served, reading a description gives the size that serves now, whatever
	// was stored. LearnSize is the learning size, that of training views. The store sets LearnSize to Size if it is zero, as
	// in stores of older releases.
	Size      int `json:"size"`
	LearnSize int `json:"learn_size,omitempty"`
	// Squash: it sees wide pictures as a whole, see [Encoder]. A child has it from its parent.
	Squash bool `json:"squash,omitempty"`

	Blend string `json:"blend,omitempty"` // how its vectors are joined with the pretrained ones
	// Share is the weight of the adapted half in the cosine of joined vectors: see
	// [Join]. It is between 0 and 1. 0 means EvenShare, as in stores of older releases.
	Share   float64            `json:"share,omitempty"`
	Dim     int                `json:"dim"` // length of its vectors; 0: not checked
	Parent  CheckpointID       `json:"parent,omitempty"`
	Root    CheckpointID       `json:"root,omitempty"` // the first of its line of parents, if it is a trained one; the root cannot be deleted before it
	Step    int                `json:"step,omitempty"`
	Loss    float64            `json:"loss,omitempty"`
	Created time.Time          `json:"created"` // set by the store if zero
	Seed    uint64             `json:"seed,omitempty"`
	Note    string             `json:"note,omitempty"`
	Metrics map[string]float64 `json:"metrics,omitempty"`
	SHA256  string             `json:"sha256,omitempty"` // of a user's file: what names its encoder, in hex
}

// Kinds of checkpoints.
const (
	CheckpointPretrained = "pretrained"
	CheckpointTrained    = "trained"
	CheckpointImported   = "imported"
	CheckpointFile       = "file" // a user's own .tflite file, which cannot be trained
)

// PutCheckpoint stores a checkpoint and its tensors, and returns its new name. It
// takes several transactions and writes the description in the last one: an error
// or a crash leaves no checkpoint, only chunks that are removed later. It ignores
// ID, and sets Created if it is zero. Errors: ErrInvalid, ErrFull.
func (s *Store) PutCheckpoint(ctx context.Context, c Checkpoint, ts []tensor.Tensor) (CheckpointID, error) {
	const op = "store checkpoint"
	if err := c.validate(); err != nil {
		return "", classify(op, s.path, err)
	}
	s.chunkMu.Lock()
	defer s.chunkMu.Unlock()
	list, err := s.putChunks(ctx, op, ts)
	if err != nil {
		return "", classify(op, s.path, err)
	}
	if c.Created.IsZero() {
		c.Created = s.opt.Now()
	}
	c.Created = c.Created.UTC()
	if c.LearnSize == 0 {
		c.LearnSize = c.Size
	}
	err = s.update(ctx, op, func(t txn) error {
		t.st.LastCheckpoint++
		n := t.st.LastCheckpoint
		c.ID = checkpointID(n)
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if err := t.put(bucketManifests, checkpointManifestKey(n), list); err != nil {
			return err
		}
		return t.put(bucketCheckpoints, checkpointKey(n), text)
	})
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// SetSquash changes what of a picture a checkpoint sees, as long as the store has no
// frame: later, vectors depend on it. Errors: ErrNotFound, ErrProtected.
func (s *Store) SetSquash(ctx context.Context, id CheckpointID, squash bool) error {
	const op = "set what a checkpoint sees"
	return s.update(ctx, op, func(t txn) error {
		c, n, err := t.requireCheckpoint(id)
		if err != nil {
			return err
		}
		if s.CountFrames() > 0 {
			return fmt.Errorf("%w: the store has frames, whose vectors depend on what of a picture %s sees", ErrProtected, id)
		}
		c.Squash = squash
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		return t.put(bucketCheckpoints, checkpointKey(n), text)
	})
}

func (c Checkpoint) validate() error {
	switch c.Kind {
	case CheckpointPretrained, CheckpointTrained, CheckpointImported, CheckpointFile:
	default:
		return fmt.Errorf("%w: checkpoint of kind %q, want pretrained, trained, imported or file", ErrInvalid, c.Kind)
	}
	if c.Dim < 0 || c.Dim > MaxVector {
		return fmt.Errorf("%w: checkpoint with vectors of %d values, at most %d", ErrInvalid, c.Dim, MaxVector)
	}
	if !(c.Share >= 0 && c.Share < 1) { // also NaN
		return fmt.Errorf("%w: checkpoint with share %v, want 0 to 1, without 1", ErrInvalid, c.Share)
	}
	if !finite(c.Loss) {
		return fmt.Errorf("%w: checkpoint with loss %v", ErrInvalid, c.Loss)
	}
	for name, v := range c.Metrics {
		if !finite(v) {
			return fmt.Errorf("%w: checkpoint with %s %v", ErrInvalid, name, v)
		}
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Checkpoint returns the description of one checkpoint. Errors: ErrNotFound.
func (s *Store) Checkpoint(id CheckpointID) (c Checkpoint, err error) {
	err = s.view("read checkpoint", func(t txn) error {
		if c, _, err = t.requireCheckpoint(id); err != nil {
			return err
		}
		h, err := t.servingHistory()
		c = c.served(h)
		return err
	})
	return c, err
}

// Checkpoints returns all checkpoints, oldest first.
func (s *Store) Checkpoints() (list []Checkpoint, err error) {
	err = s.view("read checkpoints", func(t txn) error {
		if list, err = t.checkpoints(); err != nil {
			return err
		}
		h, err := t.servingHistory()
		for i, c := range list {
			list[i] = c.served(h)
		}
		return err
	})
	return list, err
}

// Tensors returns a checkpoint's tensors in the order they were stored. Each
// chunk is verified by its SHA-256. Errors: ErrNotFound, ErrCorrupt.
func (s *Store) Tensors(ctx context.Context, id CheckpointID) ([]tensor.Tensor, error) {
	const op = "read tensors"
	s.chunkMu.RLock()
	defer s.chunkMu.RUnlock()
	var m *manifest
	err := s.view(op, func(t txn) error {
		_, n, err := t.requireCheckpoint(id)
		if err != nil {
			return err
		}
		m, err = t.requireManifest(checkpointManifestKey(n))
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.tensors(ctx, op, m)
}

// DeleteCheckpoint deletes a checkpoint, and the vectors and tensors that it shares
// with no other checkpoint. It works in slices: after an error some
// vectors may be gone, and the next call continues. Errors: ErrNotFound,
// ErrProtected.
func (s *Store) DeleteCheckpoint(ctx context.Context, id CheckpointID) error {
	const op = "delete checkpoint"
	err := s.view(op, func(t txn) error {
		_, err := t.requireDeletable(id)
		return err
	})
	if err != nil {
		return err
	}
	err = s.dropVectors(ctx, op, func(t txn, o vectorOwners) ([]Encoder, error) { return t.encodersWithout(id, o) })
	if err != nil {
		return err
	}
	s.chunkMu.Lock()
	defer s.chunkMu.Unlock()
	err = s.update(ctx, op, func(t txn) error {
		n, err := t.requireDeletable(id) // it may have been promoted meanwhile
		if err != nil {
			return err
		}
		if err := t.del(bucketManifests, checkpointManifestKey(n)); err != nil {
			return err
		}
		return t.del(bucketCheckpoints, checkpointKey(n))
	})
	if err != nil {
		return err
	}
	return s.sweepLocked(ctx)
}

// encodersWithout returns the encoders that the store knows, without those that
// checkpoint id alone served with.
func (t txn) encodersWithout(id CheckpointID, o vectorOwners) ([]Encoder, error) {
	history, err := t.servingHistory()
	if err != nil {
		return nil, err
	}
	all, err := t.checkpoints()
	if err != nil {
		return nil, err
	}
	own, others := map[uint32]bool{}, map[uint32]bool{}
	for _, cp := range all {
		used := others
		if cp.ID == id {
			used = own
		}
		n, err := cp.ID.number()
		if err != nil {
			return nil, err
		}
		for _, number := range o.links[n] {
			used[number] = true
		}
		for _, entry := range history {
			if entry.ID == cp.ID {
				for _, number := range entry.Encoders {
					used[number] = true
				}
			}
		}
	}
	var list []Encoder
	for number, e := range o.known {
		if !own[number] || others[number] {
			list = append(list, e)
		}
	}
	return list, nil
}

// requireDeletable returns the number of a checkpoint that may be deleted.
func (t txn) requireDeletable(id CheckpointID) (uint32, error) {
	c, n, err := t.requireCheckpoint(id)
	if err != nil {
		return 0, err
	}
	served, err := t.servingHistory()
	switch {
	case err != nil:
		return 0, err
	case served.current() == id:
		return 0, fmt.Errorf("%w: %s serves; promote another one first", ErrProtected, id)
	case c.Kind == CheckpointPretrained:
		return 0, fmt.Errorf("%w: %s is the pretrained one, which rolling back needs", ErrProtected, id)
	}
	list, err := t.checkpoints()
	if err != nil {
		return 0, err
	}
	for _, other := range list {
		if other.Root == id {
			return 0, fmt.Errorf("%w: %s was trained from %s, and its blend may need both", ErrProtected, other.ID, id)
		}
	}
	return n, nil
}

// checkpoint reads one description. ok is false if there is none.
func (t txn) checkpoint(n uint32) (c Checkpoint, ok bool, err error) {
	key := checkpointKey(n)
	payload, err := t.get(bucketCheckpoints, key)
	if payload == nil || err != nil {
		return Checkpoint{}, false, err
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		return Checkpoint{}, false, corrupt(bucketCheckpoints, key, "%v", err)
	}
	if c.LearnSize == 0 {
		c.LearnSize = c.Size
	}
	return c, true, nil
}

// requireCheckpoint is checkpoint with ErrNotFound for a missing one.
func (t txn) requireCheckpoint(id CheckpointID) (Checkpoint, uint32, error) {
	n, err := id.number()
	if err != nil {
		return Checkpoint{}, 0, err
	}
	c, ok, err := t.checkpoint(n)
	if err == nil && !ok {
		err = fmt.Errorf("checkpoint %s: %w", id, ErrNotFound)
	}
	return c, n, err
}

func (t txn) checkpoints() (list []Checkpoint, err error) {
	_, err = t.scan(bucketCheckpoints, nil, nil, -1, func(key, _ []byte) error {
		n, err := checkpointNumber(key)
		if err != nil {
			return err
		}
		c, _, err := t.checkpoint(n)
		list = append(list, c)
		return err
	})
	return list, err
}
