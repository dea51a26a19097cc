package serving

import (
	"context"

	"edgeclr/daemon/blend"
	"edgeclr/storage"
)

// Root names the network whose vector every frame has: the checkpoint that training
// began from, at the size, precision and accelerator of what serves. It never changes
// while training goes on, so its vector of a frame is computed once. Ok is false when
// the root is gone, or when a user's file serves.
func (vs *Versions) Root(ctx context.Context) (encoder storage.Encoder, ok bool) {
	v := vs.Current()
	defer v.Done()
	if v.Checkpoint.Kind == storage.CheckpointFile {
		return storage.Encoder{}, false
	}
	if v.Encoder.Joined() || v.Checkpoint.Kind != storage.CheckpointTrained {
		return v.Encoder.Encoders()[0], true
	}
	list, err := blend.RootEncoders(ctx, vs.store, v.Checkpoint)
	if err != nil || len(list) == 0 {
		return storage.Encoder{}, false
	}
	return list[0], true
}
