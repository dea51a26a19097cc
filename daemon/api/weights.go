package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// weightStore has the checkpoints and their weights.
type weightStore interface {
	serving.Checkpoints
	blend.Checkpoints
}

// getWeights sends the weights of a checkpoint's encoder as a .safetensors file: by
// default those that answer queries, or those of the half ?part= of its blend. Part head
// is the projection head.
func getWeights(store weightStore) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		cp, err := serving.Resolve(store, r.PathValue("id"))
		if err != nil {
			return err
		}
		set, err := weightsOf(r.Context(), store, cp, r.URL.Query().Get("part"))
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set(client.HeaderCheckpoint, string(cp.ID))
		w.Header().Set(client.HeaderBlend, cp.Blend)
		about := map[string]string{
			"format": "pt", "arch": cp.Arch, "size": fmt.Sprint(cp.Size), "checkpoint": string(cp.ID), "kind": cp.Kind, "blend": cp.Blend,
		}
		if share := blend.ShareOf(cp); share != 0 {
			about["share"] = fmt.Sprint(share)
			w.Header().Set(client.HeaderShare, about["share"])
		}
		return broken("sending weights", weights.WriteSafetensors(w, set, about))
	}
}

// weightsOf reads the encoder's weights of a part of a checkpoint: one of
// client.PartServing and its siblings.
func weightsOf(ctx context.Context, store blend.Checkpoints, cp storage.Checkpoint, part string) (weights.Set, error) {
	if cp.Kind == storage.CheckpointFile {
		return nil, fmt.Errorf("%w: checkpoint %s is the file of encoder.file, which has no weights to take out; copy the file itself", client.ErrNothingFound, cp.ID)
	}
	a, err := arch.Get(cp.Arch)
	if err != nil {
		return nil, err
	}
	if err := blend.Check(cp.Blend); err != nil {
		return nil, err
	}
	halves := blend.HalvesOf(ctx, store, cp)
	if part == client.PartHead {
		return headOf(cp, a, halves)
	}
	parts := map[string]func() (weights.Set, error){
		client.PartServing:    func() (weights.Set, error) { return blend.ServingWeights(cp.Blend, a, halves) },
		client.PartAdapted:    halves.Adapted,
		client.PartPretrained: halves.Pretrained,
	}
	read, ok := parts[part]
	if !ok {
		return nil, fmt.Errorf("%w: part: %q is none of adapted, pretrained and head", client.ErrRequest, part)
	}
	return blend.EncoderWeights(a, read)
}

// headOf reads the projection head of a checkpoint.
func headOf(cp storage.Checkpoint, a *arch.Architecture, from blend.Halves) (weights.Set, error) {
	set, err := from.Adapted()
	if err != nil {
		return nil, err
	}
	if _, set, err = blend.HeadWeights(a, set); errors.Is(err, blend.ErrNoHead) {
		return nil, fmt.Errorf("%w: checkpoint %s: %w", client.ErrNothingFound, cp.ID, err)
	}
	return set, err
}
