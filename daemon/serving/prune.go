package serving

import (
	"context"
	"errors"

	"edgeclr/storage"
)

// Prune deletes the oldest trained checkpoints until Options.KeepCheckpoints are left.
// It never deletes the one that serves, the one before it, one that is being promoted,
// or the candidate, so more can be left. It does not count or delete pretrained and
// imported checkpoints.
func (vs *Versions) Prune(ctx context.Context, candidate storage.CheckpointID) error {
	all, err := vs.store.Checkpoints()
	if err != nil {
		return err
	}
	protected, err := vs.protected(ctx)
	if err != nil {
		return err
	}
	protected[candidate] = true
	trained := 0
	var old []storage.CheckpointID // that may go, in the order they were made
	for _, cp := range all {
		if cp.Kind != storage.CheckpointTrained {
			continue
		}
		trained++
		if !protected[cp.ID] {
			old = append(old, cp.ID)
		}
	}
	for _, id := range old[:min(len(old), max(trained-vs.opt.KeepCheckpoints(), 0))] {
		if err := vs.store.DeleteCheckpoint(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// protected returns the checkpoint that serves, the one before it, and the one that is
// being promoted.
func (vs *Versions) protected(ctx context.Context) (map[storage.CheckpointID]bool, error) {
	ids := map[storage.CheckpointID]bool{}
	serving, err := vs.store.Serving()
	if err != nil {
		return nil, err
	}
	before, err := vs.store.RollbackTarget()
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	ids[serving], ids[before.ID] = true, true
	var pending promotion
	if _, err := vs.store.LoadState(ctx, pendingPromotion, &pending); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	ids[pending.Checkpoint] = true
	return ids, nil
}
