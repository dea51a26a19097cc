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
	if _, held := storage.Holder(a.cfg.Data); !held && !storeExists(a.cfg.Data) {
		return a.withPretrained(checkpoint, "there is no store in "+a.cfg.Data, use)
	}
	another := false
	err := a.withStore(ctx, need{override: true}, func(c *daemon.Client) error {
		st, err := c.Status(ctx)
		if err != nil {
			return err
		}
		size := 0
		if a.set["size"] {
			size = a.cfg.Model.Size
		} else {
			a.cfg.Model.Size = st.Checkpoint.Size
		}
		if !a.set["arch"] {
			a.cfg.Model.Arch = st.Checkpoint.Arch
		}
		if another = a.set["weights"] || a.cfg.Model.Arch != st.Checkpoint.Arch; another {
			return nil
		}
		return use(remote{c, checkpoint, size})
	})
	if err != nil || !another {
		return err
	}
	return a.withPretrained(checkpoint, "--arch and --weights ask for another encoder than the store's", use)
}

// withPretrained gives use pretrained weights; why says why there is no other
// checkpoint to choose.
func (a *app) withPretrained(checkpoint, why string, use func(v vectorizer) error) error {
	if checkpoint != storage.KindPretrained && checkpoint != "serving" {
		return fmt.Errorf("%w: no checkpoint %q, since %s", daemon.ErrNothingFound, checkpoint, why)
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
