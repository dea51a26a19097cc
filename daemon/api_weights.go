package daemon

import (
	"context"
	"fmt"
	"net/http"

	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// getWeights sends a checkpoint's encoder as a .safetensors file: the one that
// serves, or ?part= of its blend.
func (s *Service) getWeights(w http.ResponseWriter, r *http.Request) {
	cp, err := serving.Resolve(s.store, r.PathValue("id"))
	if err != nil {
		s.fail(w, err)
		return
	}
	set, err := s.weightsOf(r.Context(), cp, r.URL.Query().Get("part"))
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set(client.HeaderCheckpoint, string(cp.ID))
	w.Header().Set(client.HeaderBlend, cp.Blend)
	err = weights.WriteSafetensors(w, set, map[string]string{
		"format": "pt", "arch": cp.Arch, "size": fmt.Sprint(cp.Size), "checkpoint": string(cp.ID), "kind": cp.Kind, "blend": cp.Blend,
	})
	if err != nil {
		s.log.Warn("sending weights", "error", err)
	}
}

// weightsOf gives the encoder's weights of a part of a checkpoint.
func (s *Service) weightsOf(ctx context.Context, cp storage.Checkpoint, part string) (weights.Set, error) {
	a, err := arch.Get(cp.Arch)
	if err != nil {
		return nil, err
	}
	if err := blend.Check(cp.Blend); err != nil {
		return nil, err
	}
	from := blend.HalvesOf(ctx, s.store, cp)
	parts := map[string]func() (weights.Set, error){
		client.PartServing:    func() (weights.Set, error) { return blend.ServingWeights(cp.Blend, a, from) },
		client.PartAdapted:    from.Adapted,
		client.PartPretrained: from.Pretrained,
	}
	read, ok := parts[part]
	if !ok {
		return nil, fmt.Errorf("%w: part: %q is neither adapted nor pretrained", client.ErrRequest, part)
	}
	return blend.EncoderWeights(a, read)
}
