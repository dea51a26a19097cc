package fixedcamera

import (
	"context"
	"fmt"
	"log/slog"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/serving"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// newOpener opens encoders as the daemon does.
func newOpener(cfg config.Config, log *slog.Logger) *blend.Opener {
	o := blend.Configured(cfg)
	o.Publish = func(e storage.Event) { log.Warn(e.Text) }
	return o
}

// openFrozen opens the pretrained encoder for some squares of a picture.
func openFrozen(ctx context.Context, cfg config.Config, log *slog.Logger, squares []rgb.Square) (list []*blend.Embedder, err error) {
	defer func() {
		if err != nil {
			closeAll(list)
		}
	}()
	set, source, err := serving.Pretrained(cfg)
	if err != nil {
		return nil, err
	}
	if source == "" {
		log.Warn("no weights file was found, so the encoder is random and knows nothing", "arch", cfg.Model.Arch)
	}
	o := newOpener(cfg, log)
	for _, square := range squares {
		id := o.Serving(storage.Checkpoint{Arch: cfg.Model.Arch, Size: square.Size, Squash: square.Squash, Blend: config.BlendNone})
		e, err := o.Open(ctx, id, blend.Halves{Adapted: func() (weights.Set, error) { return set, nil }})
		if err != nil {
			return list, fmt.Errorf("the frozen encoder at %d px: %w", square.Size, err)
		}
		list = append(list, e)
	}
	return list, nil
}

func closeAll(list []*blend.Embedder) {
	for _, e := range list {
		e.Close()
	}
}
