package serving

import (
	"context"
	"fmt"
	"io"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// ImportReport describes an imported checkpoint.
type ImportReport struct {
	Arch       string `json:"arch"`
	Tensors    int    `json:"tensors"`
	Checkpoint string `json:"checkpoint"`
}

// Import stores an encoder's weights as a checkpoint. R has size bytes of a weights
// file; name is its name, for messages. Architecture and sizes are those of the
// checkpoint that serves. The new checkpoint does not serve until it is promoted.
func (vs *Versions) Import(ctx context.Context, r io.ReaderAt, size int64, name string) (ImportReport, error) {
	serving, err := Resolve(vs.store, client.ServingName)
	if err != nil {
		return ImportReport{}, err
	}
	if serving.Kind == storage.CheckpointFile {
		return ImportReport{}, fmt.Errorf("%w: a .tflite file serves, so there is no architecture that the weights could be of; empty encoder.file first", client.ErrContradiction)
	}
	a, err := arch.Get(serving.Arch)
	if err != nil {
		return ImportReport{}, err
	}
	set, err := weights.Read(r, size, weights.Limits{})
	if err != nil {
		return ImportReport{}, fmt.Errorf("%s: %w", name, err)
	}
	set, err = set.Match(a.Specs(), func(string) bool { return true })
	if err != nil {
		return ImportReport{}, fmt.Errorf("%s does not hold the weights of %s: %w", name, a.Name, err)
	}
	id, err := vs.store.PutCheckpoint(ctx, storage.Checkpoint{
		Kind: storage.CheckpointImported, Arch: a.Name, Size: serving.Size, LearnSize: serving.LearnSize, Squash: serving.Squash, Blend: config.BlendNone, Dim: a.Features,
		Created: vs.opt.Now(), Note: "weights from " + name,
	}, set)
	if err != nil {
		return ImportReport{}, err
	}
	return ImportReport{Arch: a.Name, Tensors: len(set), Checkpoint: string(id)}, nil
}
