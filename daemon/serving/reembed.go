package serving

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

// reembedBatch is how many frames are embedded and committed together.
const reembedBatch = 32

// fill computes the vectors that the version lacks now, and returns how many it
// added. It skips the frames in lost, and adds to lost those whose picture cannot be
// read.
func (vs *Versions) fill(ctx context.Context, v *Version, lost map[storage.FrameID]bool, progress Progress) (int, error) {
	missing, err := vs.store.MissingVectors(ctx, v.Checkpoint.ID, 0)
	if err != nil {
		return 0, err
	}
	filled := 0
	for len(missing) > 0 {
		n := min(reembedBatch, len(missing))
		added, err := vs.reembed(ctx, v, missing[:n], lost)
		if err != nil {
			return filled, err
		}
		missing, filled = missing[n:], filled+added
		heartbeat.Tick(ctx)
		if progress != nil {
			progress(v.Index.Len(), vs.store.CountFrames())
		}
	}
	return filled, nil
}

// reembed computes and commits the vectors of up to reembedBatch frames, and returns
// how many.
func (vs *Versions) reembed(ctx context.Context, v *Version, ids []storage.FrameID, lost map[storage.FrameID]bool) (int, error) {
	var batch []storage.Vector
	var pixels []*rgb.Image
	for _, id := range ids {
		if lost[id] {
			continue
		}
		picture, err := vs.Picture(ctx, id)
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if err != nil {
			lost[id] = true
			if !errors.Is(err, storage.ErrNotFound) { // otherwise retention deleted the frame meanwhile
				vs.event(storage.EventReembed, fmt.Sprintf("frame %d is left out of checkpoint %s: %v", id, v.Checkpoint.ID, err),
					map[string]any{"frame": id, "checkpoint": v.Checkpoint.ID, "error": err.Error()})
			}
			continue
		}
		batch, pixels = append(batch, storage.Vector{ID: id}), append(pixels, picture.EvalSquare(v.Encoder.Size()))
	}
	if len(batch) == 0 {
		return 0, nil
	}
	vectors, err := v.Encoder.Embed(ctx, pixels)
	if err != nil {
		return 0, err
	}
	for i := range batch {
		batch[i].Values = vectors[i]
	}
	return len(batch), vs.put(ctx, v, batch)
}
