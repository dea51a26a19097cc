package daemon

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// CheckpointsReply lists the checkpoints in the order they were stored.
type CheckpointsReply struct {
	Serving     string               `json:"serving"`
	Checkpoints []storage.Checkpoint `json:"checkpoints"`
}

// PromoteReply names the checkpoint that serves.
type PromoteReply struct {
	Checkpoint string `json:"checkpoint"`
}

// ImportReply describes an imported checkpoint.
type ImportReply struct {
	Arch       string `json:"arch"`
	Tensors    int    `json:"tensors"`
	Checkpoint string `json:"checkpoint"`
}

func (s *Service) getCheckpoints(w http.ResponseWriter, _ *http.Request) {
	all, err := s.store.Checkpoints()
	if err != nil {
		s.fail(w, err)
		return
	}
	serving, err := s.store.Serving()
	if err != nil {
		s.fail(w, err)
		return
	}
	reply(w, CheckpointsReply{Serving: string(serving), Checkpoints: all})
}

// promoteCheckpoint answers when the checkpoint serves. The work goes on when
// the client leaves.
func (s *Service) promoteCheckpoint(w http.ResponseWriter, r *http.Request) {
	id, err := s.Promote(s.stopping(), r.PathValue("id"), "promoted by hand", nil)
	if err != nil {
		s.fail(w, err)
		return
	}
	reply(w, PromoteReply{Checkpoint: string(id)})
}

// rollbackCheckpoint lets the checkpoint serve that did so before.
func (s *Service) rollbackCheckpoint(w http.ResponseWriter, _ *http.Request) {
	id, err := s.Rollback(s.stopping())
	if err != nil {
		s.fail(w, err)
		return
	}
	reply(w, PromoteReply{Checkpoint: string(id)})
}

// Import stores an encoder's weights as a checkpoint of the store's
// architecture and size.
func (s *Service) Import(ctx context.Context, r io.ReaderAt, size int64, name string) (ImportReply, error) {
	serving, err := resolveCheckpoint(s.store, "serving")
	if err != nil {
		return ImportReply{}, err
	}
	a, err := arch.Get(serving.Arch)
	if err != nil {
		return ImportReply{}, err
	}
	set, err := weights.Read(r, size, weights.Limits{})
	if err != nil {
		return ImportReply{}, fmt.Errorf("%s: %w", name, err)
	}
	state, err := unflatten(set, a, serving.Seed)
	if err != nil {
		return ImportReply{}, fmt.Errorf("%s does not hold the weights of %s: %w", name, a.Name, err)
	}
	id, err := s.store.PutCheckpoint(ctx, storage.Checkpoint{
		Kind: storage.KindImported, Arch: a.Name, Size: serving.Size, Blend: serving.Blend, Dim: a.Features,
		Created: s.opt.Now(), Note: "weights from " + name,
	}, state.Encoder)
	if err != nil {
		return ImportReply{}, err
	}
	return ImportReply{Arch: a.Name, Tensors: len(state.Encoder), Checkpoint: string(id)}, nil
}

// getWeights sends a checkpoint's encoder as a .safetensors file.
func (s *Service) getWeights(w http.ResponseWriter, r *http.Request) {
	cp, err := resolveCheckpoint(s.store, r.PathValue("id"))
	if err != nil {
		s.fail(w, err)
		return
	}
	a, err := arch.Get(cp.Arch)
	if err != nil {
		s.fail(w, err)
		return
	}
	set, err := s.store.Tensors(r.Context(), cp.ID)
	if err != nil {
		s.fail(w, err)
		return
	}
	if set, err = weights.Set(set).Match(a.Specs(), func(string) bool { return true }); err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set(headerCheckpoint, string(cp.ID))
	err = weights.WriteSafetensors(w, set, map[string]string{
		"format": "pt", "arch": cp.Arch, "size": fmt.Sprint(cp.Size), "checkpoint": string(cp.ID), "kind": cp.Kind,
	})
	if err != nil {
		s.log.Warn("sending weights", "error", err)
	}
}
