package session

import (
	"context"

	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/storage"
)

// Checkpoint describes a checkpoint of the store.
func (s *Session) Checkpoint(id storage.CheckpointID) (storage.Checkpoint, error) {
	return s.daemon.Store().Checkpoint(id)
}

// Encoder opens one network of a checkpoint at that size, in float by TensorFlow:
// config.BlendNone is the adapted one, config.BlendAverage the averaged one. The caller
// closes it.
func (s *Session) Encoder(ctx context.Context, id storage.CheckpointID, how string, size int) (*blend.Embedder, error) {
	cp, err := s.Checkpoint(id)
	if err != nil {
		return nil, err
	}
	o := blend.Configured(s.opt.Config)
	identity := blend.IdentityOf(cp)
	identity.Blend, identity.Share, identity.Size, identity.Runtime = how, 0, size, config.RuntimeTensorFlow
	return o.OpenCheckpoint(ctx, s.daemon.Store(), cp, identity)
}

// Serving opens a checkpoint as the daemon serves it. With another blend than "" it is
// opened in that one: config.BlendNone is the adapted encoder alone. The caller closes it.
func (s *Session) Serving(ctx context.Context, id storage.CheckpointID, how string) (*blend.Embedder, error) {
	cp, err := s.Checkpoint(id)
	if err != nil {
		return nil, err
	}
	o := blend.Configured(s.opt.Config)
	identity := o.Serving(cp)
	if how != "" {
		identity.Blend, identity.Share = how, 0
	}
	return o.OpenCheckpoint(ctx, s.daemon.Store(), cp, identity)
}
