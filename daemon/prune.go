package daemon

import (
	"context"
	"errors"

	"edgeclr/storage"
)

// pruneCheckpoints deletes the oldest trained checkpoints beyond the number
// that the configuration keeps. The one that serves, the one before it, one
// that is being promoted and the candidate stay, so there can be more; the
// pretrained one and imported ones are not counted and stay too.
func (s *Service) pruneCheckpoints(ctx context.Context, candidate storage.CheckpointID) error {
	all, err := s.store.Checkpoints()
	if err != nil {
		return err
	}
	protected, err := s.protected(ctx)
	if err != nil {
		return err
	}
	protected[candidate] = true
	trained := 0
	var old []storage.CheckpointID // that may go, in the order they were made
	for _, cp := range all {
		if cp.Kind != storage.KindTrained {
			continue
		}
		trained++
		if !protected[cp.ID] {
			old = append(old, cp.ID)
		}
	}
	for _, id := range old[:min(len(old), max(trained-s.config().Store.KeepCheckpoints, 0))] {
		if err := s.store.DeleteCheckpoint(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// protected are the checkpoints that answer queries, did before, or are about to.
func (s *Service) protected(ctx context.Context) (map[storage.CheckpointID]bool, error) {
	ids := map[storage.CheckpointID]bool{}
	for _, find := range []func() (storage.CheckpointID, error){s.store.Serving, s.store.RollbackTarget} {
		id, err := find()
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
		ids[id] = true
	}
	var pending promotion
	if _, err := s.store.LoadState(ctx, pendingPromotion, &pending); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	ids[pending.Checkpoint] = true
	return ids, nil
}
