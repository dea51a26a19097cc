package daemon

import (
	"context"
	"fmt"
	"time"

	"edgeclr/storage"
)

// retain applies the limits of the store once a minute.
func (s *Service) retain(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.retainOnce(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("retention failed; it is tried again in a minute", "error", err)
			}
		}
	}
}

// retainOnce deletes the oldest frames beyond the limits from the store, the
// indexes and the corpus.
func (s *Service) retainOnce(ctx context.Context) error {
	cfg := s.config()
	limits := storage.Retention{
		MaxBytes: int64(cfg.Store.MaxBytes),
		MaxAge:   time.Duration(cfg.Store.MaxAge),
		MinFree:  int64(cfg.Store.MinFree),
		// Checkpoints must not push out all that there is to learn from.
		KeepNewest: cfg.Learn.MinFrames,
	}
	var gone storage.RetainResult
	err := s.versions.Delete(func() (ids []storage.FrameID, err error) {
		gone, err = s.store.Retain(ctx, limits)
		s.corpus.Remove(gone.IDs)
		return gone.IDs, err
	})
	if len(gone.IDs) > 0 {
		s.events.Publish(storage.Event{
			Kind: storage.EventRetention,
			Text: fmt.Sprintf("%d of the oldest frames without a label were deleted (%d bytes)", len(gone.IDs), gone.Bytes),
			Data: map[string]any{"frames": len(gone.IDs), "bytes": gone.Bytes},
		})
	}
	return err
}
