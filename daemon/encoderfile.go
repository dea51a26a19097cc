package daemon

import (
	"context"
	"fmt"

	"edgeclr/config"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// openEncoderFile makes the encoder serve that encoder.file names. A file that cannot
// serve does not keep the service from its work: the encoder that served before goes on,
// and the log, an event and the status say why. An empty store has no such encoder: there
// the service does not start.
func (s *Service) openEncoderFile(ctx context.Context) error {
	file, err := serving.OpenEncoderFile(ctx, s.config().ServingFile(), s.opener)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.encoderFailed(err)
		return nil
	}
	if err := s.versions.DropPendingFile(ctx, file); err != nil {
		return err
	}
	s.followEncoder(file)
	return nil
}

// followEncoder makes the configured encoder serve, in the background: the file, or the
// store's own encoder when file is nil. It ends the work for the encoder before. The
// caller holds reloading, or opens the service.
func (s *Service) followEncoder(file *serving.EncoderFile) {
	if s.stopFollowing != nil {
		s.stopFollowing()
	}
	var ctx context.Context
	ctx, s.stopFollowing = context.WithCancel(s.lifetime)
	cfg := s.config()
	s.background.Go(func() {
		s.following.Lock() // waits until the work before has ended
		defer s.following.Unlock()
		if err := s.versions.Follow(ctx, file, cfg); err != nil && ctx.Err() == nil {
			s.encoderFailed(err)
		}
	})
}

// encoderFailed reports why the configured encoder does not serve.
func (s *Service) encoderFailed(err error) {
	s.events.Publish(storage.Event{Kind: storage.EventRuntime, Text: fmt.Sprintf("the encoder before goes on serving: %v", err),
		Data: map[string]any{"file": s.config().Encoder.File, "error": err.Error()}})
	s.settings.refuse(err)
}

// learnable is the learner's part of a configuration. With encoder.file nothing is
// learned.
func learnable(cfg config.Config) config.Learn {
	if cfg.Encoder.File != "" {
		cfg.Learn.Enabled = false
	}
	return cfg.Learn
}
