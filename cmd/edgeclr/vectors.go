package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"edgeclr/camera"
	"edgeclr/daemon"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
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
		if !a.set["size"] {
			a.cfg.Model.Size = st.Checkpoint.Size
		}
		if !a.set["arch"] {
			a.cfg.Model.Arch = st.Checkpoint.Arch
		}
		switch {
		case a.set["weights"] || a.cfg.Model.Arch != st.Checkpoint.Arch:
			another = true
			return nil
		case a.cfg.Model.Size != st.Checkpoint.Size:
			return a.withResized(ctx, c, checkpoint, use)
		}
		return use(remote{c, checkpoint})
	})
	if err != nil || !another {
		return err
	}
	return a.withPretrained(checkpoint, "--arch and --weights ask for another encoder than the store's", use)
}

// withResized gives use a checkpoint of the store at another size. It is
// computed here: a service would build the network anew for every request.
func (a *app) withResized(ctx context.Context, c *daemon.Client, checkpoint string, use func(v vectorizer) error) error {
	body, id, err := c.Weights(ctx, checkpoint)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(body)
	if err = errors.Join(err, body.Close()); err != nil {
		return fmt.Errorf("fetching the weights of checkpoint %s: %w", id, err)
	}
	set, err := weights.Read(bytes.NewReader(data), int64(len(data)), weights.Limits{})
	if err != nil {
		return fmt.Errorf("fetching the weights of checkpoint %s: %w", id, err)
	}
	return a.withLocal(set, id, use)
}

// withPretrained gives use pretrained weights; why says why there is no other
// checkpoint to choose.
func (a *app) withPretrained(checkpoint, why string, use func(v vectorizer) error) error {
	if checkpoint != storage.KindPretrained && checkpoint != "serving" {
		return fmt.Errorf("%w: no checkpoint %q, since %s", daemon.ErrNothingFound, checkpoint, why)
	}
	set, source, err := daemon.Pretrained(a.cfg)
	if err != nil {
		return err
	}
	if source == "" {
		a.log.Warn("no weights file was found, so the encoder is random and knows nothing; run `make deps`, or give a file with --weights",
			"arch", a.cfg.Model.Arch)
	}
	return a.withLocal(set, storage.KindPretrained, use)
}

// remote asks a service.
type remote struct {
	client     *daemon.Client
	checkpoint string
}

func (r remote) vectors(ctx context.Context, pictures []daemon.Picture) (daemon.VectorsReply, error) {
	return r.client.Vectors(ctx, pictures, r.checkpoint, 0)
}

// local computes in this process.
type local struct {
	checkpoint string
	decoder    *camera.Decoder
	encoder    *model.Encoder
}

// withLocal gives use an encoder of these weights and the configured size.
func (a *app) withLocal(set weights.Set, checkpoint string, use func(v vectorizer) error) error {
	network, err := arch.Get(a.cfg.Model.Arch)
	if err != nil {
		return err
	}
	encoder, err := model.NewEncoder(set, model.EncoderOptions{Arch: network, Size: a.cfg.Model.Size,
		Runtime: model.Runtime{Threads: a.cfg.Model.Threads, Device: a.cfg.Model.Device}})
	if err != nil {
		return err
	}
	defer encoder.Close()
	jpeg, err := model.NewJPEGDecoder()
	if err != nil {
		return err
	}
	defer jpeg.Close()
	limits := camera.Limits{MaxBytes: int64(a.cfg.Limits.FileBytes), MaxPixels: a.cfg.Limits.Pixels}
	return use(local{checkpoint, &camera.Decoder{JPEG: jpeg, Limits: limits}, encoder})
}

func (v local) vectors(ctx context.Context, pictures []daemon.Picture) (daemon.VectorsReply, error) {
	frames := make([]camera.Frame, len(pictures))
	for i, p := range pictures {
		frames[i] = camera.Frame{Path: p.Path, Data: p.Data}
	}
	vectors, err := daemon.EmbedFrames(ctx, v.decoder, v.encoder, frames)
	return daemon.VectorsReply{Checkpoint: v.checkpoint, Vectors: vectors}, err
}
