package main

import (
	"context"
	"fmt"

	"edgeclr/camera"
	"edgeclr/daemon"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/storage"
)

// vectorizer computes vectors and stores nothing.
type vectorizer interface {
	vectors(ctx context.Context, pictures []daemon.Picture) (daemon.VectorsReply, error)
}

// withVectors gives use a vectorizer: of the store when there is one and no
// flag asks for another network, else one in this process from pretrained
// weights, which needs no store and makes none.
func (a *app) withVectors(ctx context.Context, checkpoint string, use func(v vectorizer) error) error {
	_, held := storage.Holder(a.cfg.Data)
	if (held || storeExists(a.cfg.Data)) && !a.set["arch"] && !a.set["weights"] {
		size := 0
		if a.set["size"] {
			size = a.cfg.Model.Size
		}
		return a.withStore(ctx, false, func(c *daemon.Client) error { return use(remote{c, checkpoint, size}) })
	}
	if a.set["checkpoint"] && checkpoint != storage.KindPretrained && checkpoint != "serving" {
		return fmt.Errorf("%w: no checkpoint %q, since there is no store in %s", daemon.ErrNothingFound, checkpoint, a.cfg.Data)
	}
	v, err := a.localVectors()
	if err != nil {
		return err
	}
	defer v.close()
	return use(v)
}

// remote asks a service.
type remote struct {
	client     *daemon.Client
	checkpoint string
	size       int
}

func (r remote) vectors(ctx context.Context, pictures []daemon.Picture) (daemon.VectorsReply, error) {
	return r.client.Vectors(ctx, pictures, r.checkpoint, r.size)
}

// local computes with pretrained weights, without a store.
type local struct {
	jpeg    *model.JPEGDecoder
	decoder *camera.Decoder
	encoder *model.Encoder
}

func (a *app) localVectors() (*local, error) {
	set, source, err := daemon.Pretrained(a.cfg)
	if err != nil {
		return nil, err
	}
	if source == "" {
		a.log.Warn("no weights file was found, so the encoder is random and knows nothing; run `make deps`, or give a file with --weights",
			"arch", a.cfg.Model.Arch)
	}
	network, err := arch.Get(a.cfg.Model.Arch)
	if err != nil {
		return nil, err
	}
	v := &local{}
	if v.encoder, err = model.NewEncoder(set, model.EncoderOptions{Arch: network, Size: a.cfg.Model.Size,
		Runtime: model.Runtime{Threads: a.cfg.Model.Threads, Device: a.cfg.Model.Device}}); err != nil {
		return nil, err
	}
	if v.jpeg, err = model.NewJPEGDecoder(); err != nil {
		v.encoder.Close()
		return nil, err
	}
	v.decoder = &camera.Decoder{JPEG: v.jpeg,
		Limits: camera.Limits{MaxBytes: int64(a.cfg.Limits.FileBytes), MaxPixels: a.cfg.Limits.Pixels}}
	return v, nil
}

func (v *local) vectors(ctx context.Context, pictures []daemon.Picture) (daemon.VectorsReply, error) {
	frames := make([]camera.Frame, len(pictures))
	for i, p := range pictures {
		frames[i] = camera.Frame{Path: p.Path, Data: p.Data}
	}
	vectors, err := daemon.EmbedFrames(ctx, v.decoder, v.encoder, frames)
	return daemon.VectorsReply{Checkpoint: storage.KindPretrained, Vectors: vectors}, err
}

func (v *local) close() {
	v.encoder.Close()
	v.jpeg.Close()
}
