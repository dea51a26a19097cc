package daemon

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

// reembedBatch frames are computed and committed together after a promotion.
const reembedBatch = 32

// pendingPromotion is the name under which a promotion is remembered until it
// is done, so that it goes on after a restart.
const pendingPromotion = "promotion"

// promotion is what is remembered of it.
type promotion struct {
	Checkpoint storage.CheckpointID
	Reason     string
	Back       bool // it is a rollback
}

// Promote makes a checkpoint serve: the stored frames are embedded by it,
// newest first, while queries go on with the version before; when all are
// done, it takes over at once. Progress may be nil.
func (s *Service) Promote(ctx context.Context, name, reason string, progress func(done, total int)) (storage.CheckpointID, error) {
	if err := s.promoting.take(ctx); err != nil {
		return "", err
	}
	defer s.promoting.give()
	cp, err := resolveCheckpoint(s.store, name)
	if err != nil {
		return "", err
	}
	return cp.ID, s.switchTo(ctx, promotion{Checkpoint: cp.ID, Reason: reason}, progress)
}

// Rollback lets the checkpoint serve that did so before, in the same way.
func (s *Service) Rollback(ctx context.Context) (storage.CheckpointID, error) {
	if err := s.promoting.take(ctx); err != nil {
		return "", err
	}
	defer s.promoting.give()
	id, err := s.store.RollbackTarget()
	if errors.Is(err, storage.ErrNotFound) {
		return "", fmt.Errorf("%w: no other checkpoint has served, so there is nothing to go back to; "+
			"`edgeclr checkpoints` lists them, and `edgeclr checkpoints promote ID` lets one serve", client.ErrNothingFound)
	}
	if err != nil {
		return "", err
	}
	return id, s.switchTo(ctx, promotion{Checkpoint: id, Back: true}, nil)
}

// switchTo carries out a promotion. The caller holds promoting. Interrupted by
// its context, it is remembered and goes on when the store is opened again;
// after any other error it is over, and what served still does.
func (s *Service) switchTo(ctx context.Context, p promotion, progress func(done, total int)) error {
	before, err := s.store.Serving()
	if err != nil {
		return err
	}
	if before == p.Checkpoint {
		return s.store.DeleteState(ctx, pendingPromotion)
	}
	if err := s.store.SaveState(ctx, pendingPromotion, p, nil); err != nil {
		return err
	}
	if err := s.embedAndSwap(ctx, p, progress); err != nil {
		err = fmt.Errorf("promoting %s: %w", p.Checkpoint, err)
		if ctx.Err() == nil {
			err = errors.Join(err, s.store.DeleteState(ctx, pendingPromotion))
		}
		return err
	}
	if err := s.store.DeleteState(ctx, pendingPromotion); err != nil {
		return err
	}
	return s.dropVectors(ctx, p.Checkpoint, before)
}

func (s *Service) embedAndSwap(ctx context.Context, p promotion, progress func(done, total int)) error {
	cp, err := s.store.Checkpoint(p.Checkpoint)
	if err != nil {
		return err
	}
	next, err := s.versions.prepare(ctx, cp)
	if err != nil {
		return err
	}
	if err := s.takeOver(ctx, next, p, progress); err != nil {
		s.versions.abandon(next)
		return err
	}
	return nil
}

// mend computes the vectors that the serving version lacks (they were damaged,
// or the store was copied without them), and takes up a promotion that the
// last process did not finish.
func (s *Service) mend(ctx context.Context) {
	beat := s.opt.Heart.Beat("re-embedding", workTime)
	defer beat.Stop()
	ctx = heartbeat.With(ctx, beat)
	// A promotion of the checkpoint whose vectors are computed here would load
	// its index before they are there, and miss them.
	if s.promoting.take(ctx) != nil {
		return
	}
	defer s.promoting.give()
	v := s.versions.current()
	if _, err := s.fill(ctx, v, map[storage.FrameID]bool{}, nil); err != nil && ctx.Err() == nil {
		s.events.Publish(storage.Event{
			Kind: storage.EventReembed, Text: fmt.Sprintf("frames without a vector of checkpoint %s stay so: %v", v.checkpoint.ID, err),
			Data: map[string]any{"checkpoint": v.checkpoint.ID, "error": err.Error()},
		})
	}
	v.done()
	var pending promotion
	_, err := s.store.LoadState(ctx, pendingPromotion, &pending)
	if errors.Is(err, storage.ErrNotFound) {
		return
	}
	if err == nil {
		err = s.switchTo(ctx, pending, nil)
	}
	if err != nil && ctx.Err() == nil {
		s.events.Publish(storage.Event{
			Kind: storage.EventPromote, Text: fmt.Sprintf("the interrupted promotion of checkpoint %s failed: %v", pending.Checkpoint, err),
			Data: map[string]any{"checkpoint": pending.Checkpoint, "error": err.Error()},
		})
	}
}

// takeOver fills the version's index and swaps it in.
func (s *Service) takeOver(ctx context.Context, next *version, p promotion, progress func(done, total int)) error {
	vs := s.versions
	lost := map[storage.FrameID]bool{} // frames whose picture cannot be read any more
	for {
		filled, err := s.fill(ctx, next, lost, progress)
		if err != nil {
			return err
		}
		if filled > 0 {
			continue
		}
		// Nothing was missing a moment ago. With commits held off, look once
		// more and swap.
		vs.commit.Lock()
		filled, err = s.fill(ctx, next, lost, progress)
		if err == nil && filled == 0 {
			err = s.setServing(ctx, p)
			if err == nil {
				vs.swap(next)
			}
			vs.commit.Unlock()
			return err
		}
		vs.commit.Unlock()
		if err != nil {
			return err
		}
	}
}

func (s *Service) setServing(ctx context.Context, p promotion) error {
	if p.Back {
		// A rollback that was interrupted may find another history.
		previous, err := s.store.RollbackTarget()
		if err == nil && previous == p.Checkpoint {
			_, err = s.store.Rollback(ctx)
			return err
		}
		p.Reason = "rolled back"
	}
	return s.store.SetServing(ctx, p.Checkpoint, p.Reason)
}

// fill computes the vectors that the version lacks now, and returns how many
// there were.
func (s *Service) fill(ctx context.Context, v *version, lost map[storage.FrameID]bool, progress func(done, total int)) (int, error) {
	missing, err := s.store.MissingVectors(ctx, v.checkpoint.ID, 0)
	if err != nil {
		return 0, err
	}
	filled := 0
	for len(missing) > 0 {
		n := min(reembedBatch, len(missing))
		added, err := s.reembed(ctx, v, missing[:n], lost)
		if err != nil {
			return filled, err
		}
		missing, filled = missing[n:], filled+added
		heartbeat.Tick(ctx)
		if progress != nil {
			progress(v.index.Len(), s.store.CountFrames())
		}
	}
	return filled, nil
}

// reembed computes and commits the vectors of a few frames.
func (s *Service) reembed(ctx context.Context, v *version, ids []storage.FrameID, lost map[storage.FrameID]bool) (int, error) {
	var batch []storage.Vector
	var pixels []*rgb.Image
	for _, id := range ids {
		if lost[id] {
			continue
		}
		picture, err := s.stored(ctx, id)
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if err != nil {
			lost[id] = true
			if !errors.Is(err, storage.ErrNotFound) { // else retention was faster
				s.events.Publish(storage.Event{
					Kind: storage.EventReembed, Text: fmt.Sprintf("frame %d is left out of checkpoint %s: %v", id, v.checkpoint.ID, err),
					Data: map[string]any{"frame": id, "checkpoint": v.checkpoint.ID, "error": err.Error()},
				})
			}
			continue
		}
		batch, pixels = append(batch, storage.Vector{ID: id}), append(pixels, picture.EvalSquare(v.encoder.Size()))
	}
	if len(batch) == 0 {
		return 0, nil
	}
	vectors, err := v.encoder.Embed(ctx, pixels)
	if err != nil {
		return 0, err
	}
	for i := range batch {
		batch[i].Values = vectors[i]
	}
	return len(batch), s.versions.put(ctx, v, batch)
}

// stored decodes what the store keeps of a frame.
func (s *Service) stored(ctx context.Context, id storage.FrameID) (*rgb.Image, error) {
	data, err := s.store.FrameData(id)
	if err != nil {
		return nil, err
	}
	picture, _, err := s.decoder.Decode(ctx, data)
	return picture, err
}

// dropVectors deletes the vectors of all checkpoints but those named: the one
// that serves, and the one before, to which a rollback may go at once.
func (s *Service) dropVectors(ctx context.Context, keep ...storage.CheckpointID) error {
	all, err := s.store.Checkpoints()
	if err != nil {
		return err
	}
	for _, cp := range all {
		kept := false
		for _, id := range keep {
			kept = kept || id == cp.ID
		}
		if kept || s.store.CountVectors(cp.ID) == 0 {
			continue
		}
		if err := s.store.DeleteVectors(ctx, cp.ID); err != nil {
			return err
		}
	}
	return nil
}
