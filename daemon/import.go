package daemon

import (
	"context"
	"fmt"
	"io"

	"edgeclr/config"
	"edgeclr/daemon/serving"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// ImportReply describes an imported checkpoint.
type ImportReply struct {
	Arch       string `json:"arch"`
	Tensors    int    `json:"tensors"`
	Checkpoint string `json:"checkpoint"`
}

// Import stores an encoder's weights as a checkpoint of the store's
// architecture and size.
func (s *Service) Import(ctx context.Context, r io.ReaderAt, size int64, name string) (ImportReply, error) {
	serving, err := serving.Resolve(s.store, "serving")
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
	set, err = set.Match(a.Specs(), func(string) bool { return true })
	if err != nil {
		return ImportReply{}, fmt.Errorf("%s does not hold the weights of %s: %w", name, a.Name, err)
	}
	id, err := s.store.PutCheckpoint(ctx, storage.Checkpoint{
		Kind: storage.CheckpointImported, Arch: a.Name, Size: serving.Size, Blend: config.BlendNone, Dim: a.Features,
		Created: s.opt.Now(), Note: "weights from " + name,
	}, set)
	if err != nil {
		return ImportReply{}, err
	}
	return ImportReply{Arch: a.Name, Tensors: len(set), Checkpoint: string(id)}, nil
}
