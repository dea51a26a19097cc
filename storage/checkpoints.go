package storage

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"edgeclr/internal/tensor"
)

// checkpoint reads the description of one checkpoint.
func (t txn) checkpoint(n uint32) (c Checkpoint, ok bool, err error) {
	key := checkpointKey(n)
	payload, err := t.get(bucketCheckpoints, key)
	if payload == nil || err != nil {
		return Checkpoint{}, false, err
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		return Checkpoint{}, false, corrupt(bucketCheckpoints, key, "%v", err)
	}
	return c, true, nil
}

// wantCheckpoint is checkpoint with ErrNotFound for a missing one.
func (t txn) wantCheckpoint(id CheckpointID) (Checkpoint, uint32, error) {
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

// PutCheckpoint stores a checkpoint and its tensors, and returns its new name.
// It is written in several transactions, its description in the last one: an
// error or a crash leaves no checkpoint, only chunks that are removed later.
// ID is ignored; Created is set when zero. Errors: ErrInvalid, ErrFull.
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

func (c Checkpoint) validate() error {
	switch c.Kind {
	case KindPretrained, KindTrained, KindImported:
	default:
		return fmt.Errorf("%w: checkpoint of kind %q, want pretrained, trained or imported", ErrInvalid, c.Kind)
	}
	if c.Dim < 0 || c.Dim > MaxVector {
		return fmt.Errorf("%w: checkpoint with vectors of %d values, at most %d", ErrInvalid, c.Dim, MaxVector)
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
		c, _, err = t.wantCheckpoint(id)
		return err
	})
	return c, err
}

// Checkpoints returns all checkpoints, oldest first.
func (s *Store) Checkpoints() (list []Checkpoint, err error) {
	err = s.view("read checkpoints", func(t txn) error {
		list, err = t.checkpoints()
		return err
	})
	return list, err
}

func (t txn) checkpoints() (list []Checkpoint, err error) {
	_, err = t.scan(bucketCheckpoints, nil, nil, -1, func(key, _ []byte) error {
		if len(key) != 4 {
			return corrupt(bucketCheckpoints, key, "key of %d bytes, want 4", len(key))
		}
		c, _, err := t.checkpoint(binary.BigEndian.Uint32(key))
		list = append(list, c)
		return err
	})
	return list, err
}

// heir finds a checkpoint whose Root is that one; "" when there is none.
func (t txn) heir(root CheckpointID) (CheckpointID, error) {
	list, err := t.checkpoints()
	for _, c := range list {
		if c.Root == root {
			return c.ID, nil
		}
	}
	return "", err
}

// Tensors returns a checkpoint's tensors in the order they were stored, each
// chunk verified by its SHA-256. Errors: ErrNotFound, ErrCorrupt.
func (s *Store) Tensors(ctx context.Context, id CheckpointID) ([]tensor.Tensor, error) {
	const op = "read tensors"
	s.chunkMu.RLock()
	defer s.chunkMu.RUnlock()
	var m *manifest
	err := s.view(op, func(t txn) error {
		_, n, err := t.wantCheckpoint(id)
		if err != nil {
			return err
		}
		if m, err = t.readManifest(checkpointManifestKey(n)); err == nil && m == nil {
			err = corrupt(bucketManifests, checkpointManifestKey(n), "missing")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.tensors(ctx, op, m)
}

// DeleteCheckpoint removes a checkpoint, its vectors and the tensors that no
// other one shares. It works in slices: after an error some vectors may be gone,
// and calling again goes on. Errors: ErrNotFound, ErrProtected.
func (s *Store) DeleteCheckpoint(ctx context.Context, id CheckpointID) error {
	const op = "delete checkpoint"
	deletable := func(t txn) error {
		c, _, err := t.wantCheckpoint(id)
		if err != nil {
			return err
		}
		served, err := t.serving()
		switch {
		case err != nil:
			return err
		case served.current() == id:
			return fmt.Errorf("%w: %s serves; promote another one first", ErrProtected, id)
		case c.Kind == KindPretrained:
			return fmt.Errorf("%w: %s is the pretrained one, which rolling back needs", ErrProtected, id)
		}
		heir, err := t.heir(id)
		if err == nil && heir != "" {
			err = fmt.Errorf("%w: %s was trained from %s, and its blend may need both", ErrProtected, heir, id)
		}
		return err
	}
	if err := s.view(op, deletable); err != nil {
		return err
	}
	if err := s.DeleteVectors(ctx, id); err != nil {
		return err
	}
	s.chunkMu.Lock()
	defer s.chunkMu.Unlock()
	err := s.update(ctx, op, func(t txn) error {
		if err := deletable(t); err != nil { // it may have been promoted meanwhile
			return err
		}
		n, err := id.number()
		if err != nil {
			return err
		}
		// A vector may have come meanwhile; few, since it was just emptied.
		if err := t.dropVectors(n, id); err != nil {
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
