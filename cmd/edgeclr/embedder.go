package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"edgeclr/camera/decode"
	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon/api"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/internal/install"
	"edgeclr/model"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// embedder computes the vectors of pictures and stores nothing.
type embedder interface {
	embed(ctx context.Context, pictures []client.Picture) (client.VectorsReply, error)
}

// chosen is the encoder that a command computes vectors with.
type chosen struct {
	embedder // as the flags say
	// root reads the weights that the training of this encoder began from, and names
	// their checkpoint.
	root func(ctx context.Context) (set weights.Set, checkpoint string, err error)
	// size is the serving size of the embedder, in pixels.
	size int
}

// withEmbedder calls use with an embedder. If there is a store and no flag asks for
// another network, the store's checkpoint computes the vectors. Otherwise this process
// makes an encoder from pretrained weights, without a store.
func withEmbedder(ctx context.Context, a *cli.App, checkpoint string, flags blendFlags, use func(e chosen) error) error {
	if _, held := storage.Holder(a.Config.Data); !held && !cli.StoreExists(a.Config.Data) {
		return withPretrained(ctx, a, checkpoint, flags, "there is no store in "+a.Config.Data, use)
	}
	another := false
	err := a.WithStore(ctx, cli.Need{Override: true}, func(c *client.Client) error {
		st, err := c.Status(ctx)
		if err != nil {
			return err
		}
		if !a.Given["size"] {
			a.Config.Serve.Size = st.Checkpoint.Size
		}
		a.Config.Serve.CropMode = st.Checkpoint.CropMode
		if !a.Given["arch"] {
			a.Config.Model.Arch = st.Checkpoint.Arch
		}
		switch {
		case a.Given["weights"] || a.Config.Model.Arch != st.Checkpoint.Arch:
			another = true
			return nil
		case a.Config.ServingSize() != st.Checkpoint.Size || flags.given(a) || client.OtherRuntime(a.Given, a.Config, st.Checkpoint.Encoder):
			return withVariant(ctx, a, c, checkpoint, flags, use)
		}
		list, err := c.Checkpoints(ctx)
		if err != nil {
			return err
		}
		cp, err := named(list, checkpoint)
		if err != nil {
			return err
		}
		return use(chosen{serviceEmbedder{c, checkpoint}, rootOf(c, checkpoint), cp.Size})
	})
	if err != nil || !another {
		return err
	}
	return withPretrained(ctx, a, checkpoint, flags, "--arch and --weights ask for another encoder than the store's", use)
}

// withVariant calls use with a checkpoint of the store at another size, in another
// blend or by another runtime. This process computes the vectors, since a service would build the network again
// for each request.
func withVariant(ctx context.Context, a *cli.App, c *client.Client, checkpoint string, flags blendFlags, use func(e chosen) error) error {
	adapted, of, err := fetchWeights(ctx, c, checkpoint, client.PartAdapted)
	if err != nil {
		return err
	}
	how, share := flags.choose(a, of.Blend, of.Share)
	n := localNetwork{checkpoint: of.Checkpoint, size: a.Config.ServingSize(), blend: how, share: share, halves: blend.Halves{
		Adapted: func() (weights.Set, error) { return adapted, nil },
		Pretrained: func() (weights.Set, error) {
			set, _, err := fetchWeights(ctx, c, of.Checkpoint, client.PartPretrained)
			return set, err
		},
	}}
	return withLocal(ctx, a, n, func(e localEmbedder) error { return use(chosen{e, rootOf(c, of.Checkpoint), n.size}) })
}

// rootOf reads the weights that the training of a checkpoint began from.
func rootOf(c *client.Client, checkpoint string) func(ctx context.Context) (weights.Set, string, error) {
	return func(ctx context.Context) (weights.Set, string, error) {
		list, err := c.Checkpoints(ctx)
		if err != nil {
			return nil, "", err
		}
		cp, err := named(list, checkpoint)
		if err != nil {
			return nil, "", err
		}
		root := cp.ID
		if cp.Kind == storage.CheckpointTrained {
			root = cp.Root
		}
		set, _, err := fetchWeights(ctx, c, string(root), client.PartAdapted)
		return set, string(root), err
	}
}

// fetchWeights reads a part of a checkpoint. The reader that it returns is closed, and
// serves only to name the checkpoint and its blend.
func fetchWeights(ctx context.Context, c *client.Client, checkpoint, part string) (weights.Set, *client.WeightsReader, error) {
	r, err := c.Weights(ctx, checkpoint, part)
	if err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(r)
	err = errors.Join(err, r.Close())
	var set weights.Set
	if err == nil {
		set, err = weights.Read(bytes.NewReader(data), int64(len(data)), weights.Limits{})
	}
	if err != nil {
		return nil, nil, fmt.Errorf("fetching the weights of checkpoint %s: %w", r.Checkpoint, err)
	}
	return set, r, nil
}

// withPretrained calls use with an encoder of pretrained weights. It refuses every other
// checkpoint; why is the reason in that error.
func withPretrained(ctx context.Context, a *cli.App, checkpoint string, flags blendFlags, why string, use func(e chosen) error) error {
	if checkpoint != client.PretrainedName && checkpoint != client.ServingName {
		return fmt.Errorf("%w: no checkpoint %q, since %s", client.ErrNothingFound, checkpoint, why)
	}
	if how, _ := flags.choose(a, config.BlendNone, 0); how != config.BlendNone {
		return cli.Usagef("--blend %s needs a checkpoint that was trained and the one that it began from, and %s", how, why)
	}
	set, source, err := serving.Pretrained(a.Config)
	if err != nil {
		return err
	}
	if source == "" {
		a.Log.Warn("no weights file was found, so the encoder is random and knows nothing; run `"+install.MendSelf("make deps")+"`, or give a file with --weights",
			"arch", a.Config.Model.Arch)
	}
	n := frozen(set, storage.CheckpointPretrained, a.Config.ServingSize())
	root := func(context.Context) (weights.Set, string, error) { return set, n.checkpoint, nil }
	return withLocal(ctx, a, n, func(e localEmbedder) error { return use(chosen{e, root, n.size}) })
}

// serviceEmbedder asks a service for the vectors.
type serviceEmbedder struct {
	client     *client.Client
	checkpoint string
}

func (e serviceEmbedder) embed(ctx context.Context, pictures []client.Picture) (client.VectorsReply, error) {
	return e.client.Vectors(ctx, pictures, client.VectorOptions{Checkpoint: e.checkpoint})
}

// localEmbedder computes the vectors in this process.
type localEmbedder struct {
	checkpoint string
	decoder    *decode.Decoder
	encoder    *blend.Embedder
}

// localNetwork is what a localEmbedder runs.
type localNetwork struct {
	checkpoint string // its name in the answers
	size       int    // side of the square that it sees, in pixels
	blend      string
	share      float64 // of the adapted half, if it is a join
	halves     blend.Halves
	float      bool // whatever the configuration says
}

// frozen is a network of these weights alone.
func frozen(set weights.Set, checkpoint string, size int) localNetwork {
	return localNetwork{checkpoint: checkpoint, size: size, blend: config.BlendNone,
		halves: blend.Halves{Adapted: func() (weights.Set, error) { return set, nil }}}
}

// withLocal calls use with an encoder of the configured architecture.
func withLocal(ctx context.Context, a *cli.App, n localNetwork, use func(e localEmbedder) error) error {
	o := blend.Configured(a.Config)
	o.Publish = func(e storage.Event) { a.Log.Warn(e.Text) }
	id := o.Serving(storage.Checkpoint{Arch: a.Config.Model.Arch, Size: n.size, Blend: n.blend, Share: n.share,
		Squash: a.Config.Serve.CropMode == config.CropSquash})
	if n.float {
		id.Precision = config.PrecisionFloat
	}
	id.Runtime = a.Config.Model.Runtime // litert insists: nothing depends on an answer here
	encoder, err := o.Open(ctx, id, n.halves)
	if err != nil {
		return err
	}
	defer encoder.Close()
	jpeg := model.NewJPEGDecoder()
	defer jpeg.Close()
	return use(localEmbedder{n.checkpoint, &decode.Decoder{JPEG: jpeg, Limits: limits(a.Config)}, encoder})
}

func (e localEmbedder) embed(ctx context.Context, pictures []client.Picture) (client.VectorsReply, error) {
	files := make([]api.File, len(pictures))
	for i, p := range pictures {
		files[i].Data = p.Data
	}
	vectors, err := api.EmbedFiles(ctx, e.decoder, e.encoder, files)
	return client.VectorsReply{Checkpoint: e.checkpoint, Runtime: e.encoder.Report().Runtime, Vectors: vectors}, err
}
