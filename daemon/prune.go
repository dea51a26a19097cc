package daemon

import (
	"context"
	"errors"

	"edgeclr/storage"
)

// pruneCheckpoints deletes the oldest trained checkpoints beyond the number
// that the configuration keeps. The one that serves, the one before it, the
// pretrained one, imported ones and the candidate stay.
func (s *Service) pruneCheckpoints(ctx context.Context, candidate storage.CheckpointID) error {
	all, err := s.store.Checkpoints()
	if err != nil {
		return err
	}
	protected := map[storage.CheckpointID]bool{candidate: true}
	for _, find := range []func() (storage.CheckpointID, error){s.store.Serving, s.store.Previous} {
		id, err := find()
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		protected[id] = true
	}
	var old []storage.Checkpoint // in the order they were made
	for _, cp := range all {
		if cp.Kind == storage.KindTrained && !protected[cp.ID] {
			old = append(old, cp)
		}
	}
	for ; len(old) > s.cfg.Store.KeepCheckpoints; old = old[1:] {
		if err := s.store.DeleteCheckpoint(ctx, old[0].ID); err != nil {
			return err
		}
	}
	return nil
}
