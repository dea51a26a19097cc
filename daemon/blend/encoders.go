package blend

import (
	"context"
	"fmt"

	"edgeclr/camera/rgb"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// EmbedHalves gives the vectors of each picture by each of Encoders:
// [picture][encoder][value], each of length 1. [Embedder.Join] makes the vector of
// Embed out of them. The pictures may have any size.
func (e *Embedder) EmbedHalves(ctx context.Context, pictures []*rgb.Image) ([][][]float32, error) {
	pictures = squares(e.Square(), pictures)
	rows := make([][][]float32, len(pictures))
	for part := range e.halves {
		vectors, err := e.EmbedPart(ctx, part, pictures)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i] = append(rows[i], vectors[i])
		}
	}
	return rows, nil
}

// FloatEncoders names the encoders with which a checkpoint answers queries in float
// arithmetic on the CPU, as [Embedder.Encoders] does, without opening them. Releases
// that had no other arithmetic computed their vectors so.
func FloatEncoders(ctx context.Context, st Checkpoints, cp storage.Checkpoint) ([]storage.Encoder, error) {
	list, err := FloatEncodersOf(IdentityOf(cp), HalvesOf(ctx, st, cp))
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", cp.ID, err)
	}
	return list, nil
}

// FloatEncodersOf is FloatEncoders of an identity and its weights.
func FloatEncodersOf(id Identity, from Halves) ([]storage.Encoder, error) {
	a, err := arch.Get(id.Arch)
	if err != nil {
		return nil, err
	}
	b, err := builtin().blend(id.Blend)
	if err != nil {
		return nil, err
	}
	halves := []func() (weights.Set, error){func() (weights.Set, error) { return b.serving(a, from) }}
	if b.encoders == 2 {
		halves = append([]func() (weights.Set, error){from.Pretrained}, halves...)
	}
	var list []storage.Encoder
	for _, read := range halves {
		set, err := EncoderWeights(a, read)
		if err != nil {
			return nil, err
		}
		list = append(list, storage.Encoder{Weights: WeightsHash(set), Size: id.Size, Squash: id.Squash,
			Precision: storage.PrecisionFloat, Accelerator: storage.AcceleratorCPU, Dim: a.Features})
	}
	return list, nil
}

// RootEncoders is FloatEncoders of a checkpoint's root, at the size with which the
// checkpoint serves. There are none when the root is gone or is another kind of network.
func RootEncoders(ctx context.Context, st Checkpoints, cp storage.Checkpoint) ([]storage.Encoder, error) {
	root, err := LivingRoot(st, cp)
	if root == nil || err != nil {
		return nil, err
	}
	root.Size, root.Squash = cp.Size, cp.Squash
	return FloatEncoders(ctx, st, *root)
}
