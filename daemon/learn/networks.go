package learn

import (
	"context"
	"fmt"

	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/serving"
	"edgeclr/model"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// An exam compares encoders in float: a difference of precision must not decide. It opens
// a network only when it has to run.

// candidateNetworks are those of a trained state, with the blend with which it would
// serve: the adapted one, or root and adapted one of a join.
func (l *Learner) candidateNetworks(ctx context.Context, cp storage.Checkpoint, state model.State) ([]network, error) {
	halves := blend.HalvesOf(ctx, l.opt.Store, cp)
	halves.Adapted = func() (weights.Set, error) { return state.Encoder, nil }
	return l.networks(blend.IdentityOf(cp), halves)
}

// servingNetworks are those of a version. They are open when the version computes in
// float.
func (l *Learner) servingNetworks(ctx context.Context, v *serving.Version) ([]network, error) {
	id := v.Encoder.Identity()
	if v.Checkpoint.Kind != storage.CheckpointFile && (id.Precision != config.PrecisionFloat || id.Accelerator != config.AcceleratorCPU) {
		return l.networks(blend.IdentityOf(v.Checkpoint), blend.HalvesOf(ctx, l.opt.Store, v.Checkpoint))
	}
	var list []network
	for part, is := range v.Encoder.Encoders() {
		list = append(list, network{is: is, share: v.Encoder.Share(), open: func(context.Context) (blend.Encoder, error) { return v.Encoder.Part(part), nil }})
	}
	return list, nil
}

// rootNetworks is the network of a checkpoint's root; none when the root is gone.
func (l *Learner) rootNetworks(ctx context.Context, cp storage.Checkpoint) ([]network, error) {
	encoders, err := blend.RootEncoders(ctx, l.opt.Store, cp)
	if err != nil || len(encoders) == 0 {
		return nil, err
	}
	return []network{{is: encoders[0], open: func(ctx context.Context) (blend.Encoder, error) {
		root, err := l.opener().OpenRoot(ctx, l.opt.Store, cp)
		if err == nil && root == nil {
			err = fmt.Errorf("the checkpoint that training began from is gone")
		}
		return root, err
	}}}, nil
}

// networks names the networks of an identity, and opens each alone.
func (l *Learner) networks(id blend.Identity, from blend.Halves) ([]network, error) {
	encoders, err := blend.FloatEncodersOf(id, from)
	if err != nil {
		return nil, err
	}
	open := func(id blend.Identity, from blend.Halves) func(context.Context) (blend.Encoder, error) {
		return func(ctx context.Context) (blend.Encoder, error) { return l.opener().Open(ctx, id, from) }
	}
	if len(encoders) == 1 {
		return []network{{is: encoders[0], open: open(id, from)}}, nil
	}
	id.Blend = config.BlendNone
	return []network{{is: encoders[0], open: open(id, blend.Halves{Adapted: from.Pretrained})}, {is: encoders[1], share: id.Share, open: open(id, from)}}, nil
}
