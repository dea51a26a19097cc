package serving

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

// pendingPromotion is the name of the state in the store that describes an unfinished
// promotion. A restart goes on with it.
const pendingPromotion = "promotion"

// promotion describes a promotion.
type promotion struct {
	Checkpoint storage.CheckpointID
	Reason     string
	Back       bool // it is a rollback
	Size       int  `json:",omitempty"` // serving size from then on, in pixels; 0: it stays
}

// Change says what a promotion has changed.
type Change struct {
	Checkpoint storage.CheckpointID // serves now
	Size       int                  // at this size, in pixels
	Embedded   int                  // frames that were embedded before
}

// Progress is called while frames are embedded. Done is how many frames have a vector
// of the next version, and total is the number of frames. A nil Progress is not
// called.
type Progress func(done, total int)

// Promote makes a checkpoint serve. It embeds the stored frames with that
// checkpoint, newest first, while queries go on with the old version. When all are
// embedded, the new version takes over at once. Name is one that [Resolve] knows.
func (vs *Versions) Promote(ctx context.Context, name, reason string, progress Progress) (Change, error) {
	return vs.change(ctx, progress, func() (promotion, error) {
		cp, err := Resolve(vs.store, name)
		return promotion{Checkpoint: cp.ID, Reason: reason}, err
	})
}

// Rollback makes the checkpoint and the serving size serve again that served before, in
// the same way as Promote. It embeds only frames whose vectors are not kept. When
// nothing else has served, the error matches client.ErrNothingFound.
func (vs *Versions) Rollback(ctx context.Context, progress Progress) (Change, error) {
	return vs.change(ctx, progress, func() (promotion, error) {
		cp, err := vs.store.RollbackTarget()
		if errors.Is(err, storage.ErrNotFound) {
			err = fmt.Errorf("%w: no other checkpoint has served, so there is nothing to go back to; "+
				"`edgeclr checkpoints` lists them, and `edgeclr checkpoints promote ID` lets one serve", client.ErrNothingFound)
		}
		return promotion{Checkpoint: cp.ID, Back: true, Size: cp.Size}, err
	})
}

// Resize changes the serving size of the store, in pixels, in the same way as Promote:
// the checkpoint that serves embeds the stored frames at that size. All other
// checkpoints have the new size from then on, and so do training views unless learn.size
// is set. The error matches
// client.ErrContradiction when a user's file serves, which has its own size.
func (vs *Versions) Resize(ctx context.Context, size int, progress Progress) (Change, error) {
	if size < config.LeastSize || size > config.LargestSize {
		return Change{}, fmt.Errorf("%w: a serving size of %d px is not allowed: give %d to %d", client.ErrRequest, size, config.LeastSize, config.LargestSize)
	}
	return vs.change(ctx, progress, func() (promotion, error) {
		cp, err := Resolve(vs.store, client.ServingName)
		if err == nil && cp.Kind == storage.CheckpointFile {
			err = fmt.Errorf("%w: a .tflite file serves, which takes pictures of %d px and no others; empty encoder.file first", client.ErrContradiction, cp.Size)
		}
		return promotion{Checkpoint: cp.ID, Reason: fmt.Sprintf("resized from %d to %d px", cp.Size, size), Size: size}, err
	})
}

// change carries out the promotion that choose returns, which sees what serves.
func (vs *Versions) change(ctx context.Context, progress Progress, choose func() (promotion, error)) (Change, error) {
	if err := vs.promoting.lock(ctx); err != nil {
		return Change{}, err
	}
	defer vs.promoting.unlock()
	p, err := choose()
	if err != nil {
		return Change{}, err
	}
	embedded, err := vs.switchTo(ctx, p, progress)
	v := vs.Current()
	defer v.Done()
	return Change{Checkpoint: p.Checkpoint, Size: v.Encoder.Size(), Embedded: embedded}, err
}

// switchTo carries out a promotion, and returns how many frames it embedded. The caller
// holds promoting. When ctx ends, the promotion stays pending and goes on when the store
// is opened again. When embedding fails otherwise, the promotion is given up, and the old
// version still serves.
func (vs *Versions) switchTo(ctx context.Context, p promotion, progress Progress) (embedded int, err error) {
	v := vs.Current()
	before, size, served := v.Checkpoint.ID, v.Checkpoint.Size, v.Encoder.Encoders()
	v.Done()
	if before == p.Checkpoint && (p.Size == 0 || p.Size == size) && !vs.outdated {
		return 0, vs.store.DeleteState(ctx, pendingPromotion)
	}
	if err := vs.store.SaveState(ctx, pendingPromotion, p, nil); err != nil {
		return 0, err
	}
	next, embedded, err := vs.embedAndSwap(ctx, p, progress)
	if err != nil {
		err = fmt.Errorf("promoting %s: %w", p.Checkpoint, err)
		if ctx.Err() == nil {
			err = errors.Join(err, vs.store.DeleteState(ctx, pendingPromotion))
		}
		return embedded, err
	}
	if err := vs.store.DeleteState(ctx, pendingPromotion); err != nil {
		return embedded, err
	}
	// Keep the vectors that serve, and those that served before: going back then has
	// nothing to embed. The root's and the teacher's stay too.
	if err := vs.pinServing(ctx); err != nil {
		return embedded, err
	}
	return embedded, vs.keepVectors(ctx, append(next, served...))
}

// embedAndSwap makes a checkpoint serve. It returns its encoders, and how many frames it
// embedded.
func (vs *Versions) embedAndSwap(ctx context.Context, p promotion, progress Progress) ([]storage.Encoder, int, error) {
	cp, err := vs.store.Checkpoint(p.Checkpoint)
	if err != nil {
		return nil, 0, err
	}
	if p.Size > 0 && cp.Kind != storage.CheckpointFile {
		cp.Size = p.Size
	}
	next, err := vs.prepare(ctx, cp)
	if err != nil {
		return nil, 0, err
	}
	vs.announce(next, p)
	encoders := next.Encoder.Encoders() // the version may be replaced and closed as soon as it serves
	embedded, err := vs.takeOver(ctx, next, p, progress)
	if err != nil {
		vs.abandon(next)
		return nil, embedded, err
	}
	vs.outdated = false
	return encoders, embedded, nil
}

// announce publishes that a rollback or another serving size has frames to embed first.
func (vs *Versions) announce(next *Version, p promotion) {
	all := vs.store.CountFrames()
	missing := all - next.Index.Len()
	if missing <= 0 || !p.Back && p.Size == 0 {
		return
	}
	vs.event(storage.EventReembed, fmt.Sprintf("%d of %d frames are embedded at %d px before checkpoint %s serves so; queries go on meanwhile",
		missing, all, next.Checkpoint.Size, p.Checkpoint), map[string]any{"checkpoint": p.Checkpoint, "size": next.Checkpoint.Size, "frames": missing})
}

// prepare opens the version that is to be promoted. The caller calls swap or abandon.
func (vs *Versions) prepare(ctx context.Context, cp storage.Checkpoint) (*Version, error) {
	encoder, err := openEncoder(ctx, vs.store, cp, vs.opt.Opener.Serving(cp), vs.opt.Opener)
	if err != nil {
		return nil, err
	}
	vs.deleting.Lock()
	defer vs.deleting.Unlock()
	v, err := loadVersion(ctx, vs.store, cp, encoder)
	if err != nil {
		return nil, err
	}
	vs.mu.Lock()
	vs.next = v
	vs.mu.Unlock()
	return v, nil
}

// abandon closes a version whose promotion has failed.
func (vs *Versions) abandon(v *Version) {
	vs.mu.Lock()
	vs.next = nil
	vs.mu.Unlock()
	v.Done()
}

// takeOver embeds the frames that next lacks, and swaps it in when none is missing. It
// returns how many frames it embedded.
func (vs *Versions) takeOver(ctx context.Context, next *Version, p promotion, progress Progress) (embedded int, err error) {
	lost := map[storage.FrameID]bool{} // frames whose picture cannot be read
	for {
		filled, err := vs.fill(ctx, next, lost, progress)
		embedded += filled
		if err != nil {
			return embedded, err
		}
		if filled > 0 {
			continue
		}
		// Nothing was missing a moment ago. While no frame can be committed, check
		// again and swap.
		vs.commit.Lock()
		filled, err = vs.fill(ctx, next, lost, progress)
		embedded += filled
		if err == nil && filled == 0 {
			left := vs.store.CountFrames() - next.Index.Len()
			err = vs.setServing(ctx, p, next.Encoder.Encoders())
			if err == nil {
				vs.swap(next)
			}
			vs.commit.Unlock()
			if err == nil && left > 0 {
				vs.tellLeftOut(p, left)
			}
			return embedded, err
		}
		vs.commit.Unlock()
		if err != nil {
			return embedded, err
		}
	}
}

// tellLeftOut publishes that queries do not find some frames any more.
func (vs *Versions) tellLeftOut(p promotion, frames int) {
	vs.event(storage.EventReembed, fmt.Sprintf("%d frames have no vector of checkpoint %s, which serves now, and queries do not find them: their pictures are not kept or cannot be read; "+
		"their vectors of the encoder before stay until the next promotion, so `edgeclr checkpoints rollback` finds them again", frames, p.Checkpoint),
		map[string]any{"checkpoint": p.Checkpoint, "frames": frames})
}

func (vs *Versions) setServing(ctx context.Context, p promotion, encoders []storage.Encoder) error {
	if p.Back {
		// An interrupted rollback may find that another checkpoint served before.
		previous, err := vs.store.RollbackTarget()
		if err == nil && previous.ID == p.Checkpoint && (p.Size == 0 || previous.Size == p.Size) {
			_, err = vs.store.Rollback(ctx, encoders...)
			return err
		}
		p.Reason = "rolled back"
	}
	return vs.store.SetServing(ctx, p.Checkpoint, p.Reason, encoders...)
}

// swap makes v serve. The caller holds commit. It closes the version beside, which may
// be of the same checkpoint and lack the vectors that came since it was opened.
func (vs *Versions) swap(v *Version) {
	vs.tellSize(v.Checkpoint) // first: who sees v serve finds its size in the configuration
	vs.mu.Lock()
	old := vs.serving
	vs.serving, vs.next = v, nil
	vs.mu.Unlock()
	old.Done()
	vs.replaceBeside(nil)
	vs.LookForRoot()
}

// tellSize tells the service at which size a checkpoint serves.
func (vs *Versions) tellSize(cp storage.Checkpoint) {
	if vs.opt.OnSize != nil && cp.Kind != storage.CheckpointFile {
		vs.opt.OnSize(cp.Size)
	}
}

// Mend computes the vectors that the serving version lacks, because they were damaged
// or the store was copied without them. Then it goes on with a promotion that the last
// process did not finish. When the configuration asks for other encoders than those that
// serve, it promotes the serving checkpoint with these. It is called once, in a goroutine
// of its own. Failures become events.
func (vs *Versions) Mend(ctx context.Context) {
	beat := vs.opt.Heart.Beat("re-embedding", heartbeat.WorkTime)
	defer beat.Stop()
	ctx = heartbeat.With(ctx, beat)
	// A promotion at the same time could open another version of this checkpoint. Its
	// index would miss the vectors that are computed here.
	if vs.promoting.lock(ctx) != nil {
		return
	}
	defer vs.promoting.unlock()
	v := vs.Current()
	if _, err := vs.fill(ctx, v, map[storage.FrameID]bool{}, nil); err != nil && ctx.Err() == nil {
		vs.event(storage.EventReembed, fmt.Sprintf("frames without a vector of checkpoint %s were not embedded: %v", v.Checkpoint.ID, err),
			map[string]any{"checkpoint": v.Checkpoint.ID, "error": err.Error()})
	}
	v.Done()
	var pending promotion
	_, err := vs.store.LoadState(ctx, pendingPromotion, &pending)
	if errors.Is(err, storage.ErrNotFound) {
		if !vs.outdated {
			return
		}
		pending, err = promotion{Checkpoint: v.Checkpoint.ID, Reason: "the configuration asks for other encoders"}, nil
	}
	if err == nil {
		_, err = vs.switchTo(ctx, pending, nil)
	}
	if err != nil && ctx.Err() == nil {
		vs.event(storage.EventPromote, fmt.Sprintf("the interrupted promotion of checkpoint %s failed: %v", pending.Checkpoint, err),
			map[string]any{"checkpoint": pending.Checkpoint, "error": err.Error()})
	}
}

func (vs *Versions) event(kind, text string, data map[string]any) {
	vs.opt.Publish(storage.Event{Kind: kind, Text: text, Data: data})
}
