package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"edgeclr/internal/tensor"
)

// SaveState replaces the learner's state of that name: meta, stored as JSON
// (step, schedule, seed), and tensors (weights, momentum). The old state stays
// until the new one is complete. Tensors that did not change cost nothing.
// Errors: ErrInvalid, ErrFull.
func (s *Store) SaveState(ctx context.Context, name string, meta any, ts []tensor.Tensor) error {
	const op = "store learner's state"
	if name == "" || len(name) > maxName {
		return classify(op, s.path, fmt.Errorf("%w: name %.40q", ErrInvalid, name))
	}
	text, err := json.Marshal(meta)
	if err != nil {
		return classify(op, s.path, fmt.Errorf("%w: %w", ErrInvalid, err))
	}
	s.chunkMu.Lock()
	defer s.chunkMu.Unlock()
	list, err := s.putChunks(ctx, op, ts)
	if err != nil {
		return classify(op, s.path, err)
	}
	err = s.update(ctx, op, func(t txn) error {
		if err := t.put(bucketManifests, stateManifestKey(name), list); err != nil {
			return err
		}
		return t.put(bucketResume, []byte(name), text)
	})
	if err != nil {
		return err
	}
	return s.sweepLocked(ctx)
}

// LoadState reads the learner's state of that name. It decodes the JSON into
// meta, a pointer, unless meta is nil, and returns the tensors. Errors:
// ErrNotFound, ErrCorrupt.
func (s *Store) LoadState(ctx context.Context, name string, meta any) ([]tensor.Tensor, error) {
	const op = "read learner's state"
	s.chunkMu.RLock()
	defer s.chunkMu.RUnlock()
	var m *manifest
	err := s.view(op, func(t txn) error {
		text, err := t.get(bucketResume, []byte(name))
		switch {
		case err != nil:
			return err
		case text == nil:
			return fmt.Errorf("learner's state %q: %w", name, ErrNotFound)
		}
		if m, err = t.requireManifest(stateManifestKey(name)); err != nil || meta == nil {
			return err
		}
		return json.Unmarshal(text, meta)
	})
	if err != nil {
		return nil, err
	}
	return s.tensors(ctx, op, m)
}

// DeleteState deletes the learner's state of that name. A missing one is no
// error.
func (s *Store) DeleteState(ctx context.Context, name string) error {
	const op = "delete learner's state"
	s.chunkMu.Lock()
	defer s.chunkMu.Unlock()
	err := s.update(ctx, op, func(t txn) error {
		if err := t.del(bucketManifests, stateManifestKey(name)); err != nil {
			return err
		}
		return t.del(bucketResume, []byte(name))
	})
	if err != nil {
		return err
	}
	return s.sweepLocked(ctx)
}
