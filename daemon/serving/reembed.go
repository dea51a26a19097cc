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

// fill computes the vectors that the version lacks now, and returns how many frames got
// one. Of a join it computes the halves that the store does not have. It skips the
// frames in lost, and adds to lost those whose picture cannot be read.
func (vs *Versions) fill(ctx context.Context, v *Version, lost map[storage.FrameID]bool, progress Progress) (int, error) {
	missing, err := vs.store.MissingVectors(ctx, v.Encoder.Encoders(), 0)
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

// reembed computes and commits what up to reembedBatch frames lack, and returns how many
// frames it embedded.
func (vs *Versions) reembed(ctx context.Context, v *Version, missing []storage.MissingVector, lost map[storage.FrameID]bool) (int, error) {
	var frames []storage.MissingVector
	var squares []*rgb.Image
	for _, m := range missing {
		if lost[m.ID] {
			continue
		}
		picture, err := vs.Picture(ctx, m.ID)
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if err != nil {
			lost[m.ID] = true
			if !errors.Is(err, storage.ErrNotFound) { // otherwise retention deleted the frame meanwhile
				vs.event(storage.EventReembed, fmt.Sprintf("frame %d is left out of checkpoint %s: %v", m.ID, v.Checkpoint.ID, err),
					map[string]any{"frame": m.ID, "checkpoint": v.Checkpoint.ID, "error": err.Error()})
			}
			continue
		}
		frames, squares = append(frames, m), append(squares, picture.EvalSquare(v.Encoder.Size()))
	}
	if len(frames) == 0 {
		return 0, nil
	}
	computed := make([][]storage.Vector, len(v.Encoder.Encoders()))
	for part := range computed {
		var err error
		if computed[part], err = embedPart(ctx, v, part, frames, squares); err != nil {
			return 0, err
		}
	}
	ids := make([]storage.FrameID, len(frames))
	for i, m := range frames {
		ids[i] = m.ID
	}
	return len(frames), vs.put(ctx, v, ids, computed)
}

// embedPart computes the vectors by one of the version's encoders, of the frames that
// lack it.
func embedPart(ctx context.Context, v *Version, part int, frames []storage.MissingVector, squares []*rgb.Image) ([]storage.Vector, error) {
	var batch []storage.Vector
	var pictures []*rgb.Image
	for i, m := range frames {
		if m.Lacks(part) {
			batch, pictures = append(batch, storage.Vector{ID: m.ID}), append(pictures, squares[i])
		}
	}
	if len(batch) == 0 {
		return nil, nil
	}
	vectors, err := v.Encoder.EmbedPart(ctx, part, pictures)
	if err != nil {
		return nil, err
	}
	for i := range batch {
		batch[i].Values = vectors[i]
	}
	return batch, nil
}
