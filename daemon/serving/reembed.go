package serving

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

const (
	// reembedBatch is how many frames are decoded and embedded together.
	reembedBatch = 32
	// commitFrames is the most frames that are committed together. A transaction rewrites
	// some twenty pages whatever its size: with 32 frames these were a third of all bytes.
	commitFrames = 128
)

// fill computes the vectors that the version lacks now, and returns how many frames got
// one. Of a join it computes the halves that the store does not have. It skips the
// frames in lost, and adds to lost those whose picture cannot be read.
func (vs *Versions) fill(ctx context.Context, v *Version, lost map[storage.FrameID]bool, progress Progress) (int, error) {
	missing, err := vs.store.MissingVectors(ctx, v.Encoder.Encoders(), 0)
	if err != nil {
		return 0, err
	}
	filled := 0
	// The first transactions are small, since the newest frames are asked for most.
	for size := reembedBatch; len(missing) > 0; size = min(2*size, commitFrames) {
		n := min(size, len(missing))
		added, err := vs.reembed(ctx, v, missing[:n], lost)
		if err != nil {
			return filled, err
		}
		missing, filled = missing[n:], filled+added
		if progress != nil {
			progress(v.Index.Len(), vs.store.CountFrames())
		}
	}
	return filled, nil
}

// reembed computes what frames lack, commits it in one transaction, and returns how many
// frames it embedded.
func (vs *Versions) reembed(ctx context.Context, v *Version, missing []storage.MissingVector, lost map[storage.FrameID]bool) (int, error) {
	var ids []storage.FrameID
	computed := make([][]storage.Vector, len(v.Encoder.Encoders()))
	for batch := range slices.Chunk(missing, reembedBatch) {
		frames, squares, err := vs.squares(ctx, v, batch, lost)
		if err != nil {
			return 0, err
		}
		for part := range computed {
			vectors, err := embedPart(ctx, v, part, frames, squares)
			if err != nil {
				return 0, err
			}
			computed[part] = append(computed[part], vectors...)
		}
		for _, m := range frames {
			ids = append(ids, m.ID)
		}
		heartbeat.Tick(ctx)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return len(ids), vs.put(ctx, v, ids, computed)
}

// squares decodes the pictures of frames, and returns the frames whose picture can be
// read. It adds the others to lost.
func (vs *Versions) squares(ctx context.Context, v *Version, missing []storage.MissingVector, lost map[storage.FrameID]bool) (frames []storage.MissingVector, squares []*rgb.Image, err error) {
	for _, m := range missing {
		if lost[m.ID] {
			continue
		}
		picture, err := vs.Picture(ctx, m.ID)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err != nil {
			lost[m.ID] = true
			if !errors.Is(err, storage.ErrNotFound) { // otherwise retention deleted the frame meanwhile
				vs.event(storage.EventReembed, fmt.Sprintf("frame %d is left out of checkpoint %s: %v", m.ID, v.Checkpoint.ID, err),
					map[string]any{"frame": m.ID, "checkpoint": v.Checkpoint.ID, "error": err.Error()})
			}
			continue
		}
		frames, squares = append(frames, m), append(squares, v.Encoder.Square().Of(picture))
	}
	return frames, squares, nil
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
