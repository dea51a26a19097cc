package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
	"edgeclr/tflite"
)

// tfliteEnding is the ending of the files that LiteRT and MediaPipe read.
const tfliteEnding = ".tflite"

// tfliteFlags are the flags of a .tflite file.
type tfliteFlags struct {
	blendFlags
	input, output string
	inner         string // step whose map is the second output
	head          bool
	int8          bool
	eval          string // folder of class folders, to measure int8 on
}

func (f *tfliteFlags) declare(fs *pflag.FlagSet) {
	f.blendFlags.declare(fs, ".tflite: ")
	fs.StringVar(&f.input, "input", tflite.Float32.String(), ".tflite: type of the pixels, float32, uint8 or int8")
	fs.StringVar(&f.output, "output", tflite.Float32.String(), ".tflite: type of the vector, float32, uint8 or int8")
	fs.StringVar(&f.inner, "map", "", ".tflite: step whose map is a second output, like layer4.1 or _conv_head")
	fs.BoolVar(&f.int8, "int8", false, ".tflite: compute in int8, calibrated on the frames of the store; pixels come as uint8 unless --input says otherwise")
	fs.StringVar(&f.eval, "eval", "", ".tflite with --int8: folder of class folders to measure top-1 on, instead of the labelled frames")
	fs.BoolVar(&f.head, "head", false, ".tflite: with the projection head of training")
}

// check refuses the flags with a file of another format, and with each other.
func (f *tfliteFlags) check(a *cli.App, ending string) error {
	for _, name := range []string{"blend", "share", "input", "output", "map", "head", "int8", "eval"} {
		if ending != tfliteEnding && a.Given[name] {
			return cli.Usagef("--%s goes with a .tflite file, not with %s", name, ending)
		}
	}
	if err := f.blendFlags.check(a); err != nil {
		return err
	}
	if f.int8 && !a.Given["input"] {
		f.input = tflite.Uint8.String()
	}
	if a.Given["eval"] && !f.int8 {
		return cli.Usagef("--eval measures what int8 costs; add --int8, or use `edgeclr eval`")
	}
	for _, typed := range []struct{ name, value string }{{"input", f.input}, {"output", f.output}} {
		if _, err := tflite.ParseType(typed.value); err != nil {
			return cli.Usagef("--%s: %v", typed.name, err)
		}
	}
	if f.output != tflite.Float32.String() && !f.int8 {
		return cli.Usagef("--output %s: a file that computes in float gives float32; add --int8", f.output)
	}
	return nil
}

// networkReport says what a .tflite file computes.
type networkReport struct {
	Arch   string  `json:"arch"`
	Size   int     `json:"size"`
	Blend  string  `json:"blend"`
	Share  float64 `json:"share,omitempty"` // of the adapted encoder in a join
	Dim    int     `json:"dim"`
	Input  string  `json:"input"`
	Output string  `json:"output"`

	CropMode string `json:"crop_mode"` // how a picture becomes the input: serve.crop_mode

	Int8 *int8Report `json:"int8,omitempty"` // of a file that computes in int8
}

// print writes the report for people; nothing for a file of another format.
func (r *networkReport) print(w io.Writer) {
	if r != nil {
		defer r.Int8.print(w)
		fmt.Fprintf(w, "%s, blend %s: picture of %d x %d pixels (%s, crop %s) to vector of %d values (%s)\n", r.Arch, cli.BlendText(r.Blend, r.Share), r.Size, r.Size, r.Input, r.CropMode, r.Dim, r.Output)
	}
}

// exportTFLite writes a checkpoint's encoder as a .tflite file, with both encoders of a
// join. This process makes the file, whoever owns the store.
func (c *exportCommand) exportTFLite(ctx context.Context, a *cli.App, api *client.Client, w io.Writer, report *exportReport) error {
	source, err := c.source(ctx, a, api)
	if err != nil {
		return err
	}
	m, err := c.model(source)
	if err != nil {
		return err
	}
	data, quantized, err := c.encode(ctx, a, api, m)
	if errors.Is(err, tflite.ErrModel) {
		return cli.Usagef("%v", err)
	}
	if err != nil {
		return err
	}
	report.Checkpoint = string(source.checkpoint.ID)
	report.Network = &networkReport{source.checkpoint.Arch, m.Plan.Size, source.blend, m.Share, m.Dim(), m.Input.String(), m.Output.String(), config.CropModeOf(m.Info.Squash), quantized}
	_, err = w.Write(data)
	return err
}

// encode makes the file, in int8 if that is asked for, and then also what int8 costs.
func (c *exportCommand) encode(ctx context.Context, a *cli.App, api *client.Client, m tflite.Model) ([]byte, *int8Report, error) {
	if c.network.int8 {
		return c.quantize(ctx, a, api, m)
	}
	data, err := m.Encode()
	return data, nil, err
}

// tfliteSource is what a .tflite file is made from.
type tfliteSource struct {
	checkpoint storage.Checkpoint
	size       int
	blend      string
	share      float64 // of a join; otherwise 0
	halves     blend.Halves
	head       func() (weights.Set, error) // tensors of the projection head
	license    func() (string, error)      // of the pretrained weights
}

// source finds the checkpoint, and reads nothing of its weights yet.
func (c *exportCommand) source(ctx context.Context, a *cli.App, api *client.Client) (tfliteSource, error) {
	list, err := api.Checkpoints(ctx)
	if err != nil {
		return tfliteSource{}, err
	}
	cp, err := named(list, c.Checkpoint)
	if err != nil {
		return tfliteSource{}, err
	}
	if cp.Kind == storage.CheckpointFile {
		return tfliteSource{}, fmt.Errorf("%w: checkpoint %s is the file of encoder.file already; copy that file", client.ErrNothingFound, cp.ID)
	}
	// The store decides these; a file may only have another size or blend.
	given := map[string]bool{"arch": a.Given["arch"], "weights": a.Given["weights"]}
	if err := client.CheckFlags(given, a.Config, client.CheckpointStatus{Serving: list.Serving, Arch: cp.Arch, Size: cp.Size}); err != nil {
		return tfliteSource{}, err
	}
	s := tfliteSource{checkpoint: cp, size: cp.Size}
	s.blend, s.share = c.network.choose(a, cmp.Or(cp.Blend, config.BlendNone), cp.Share)
	s.share = blend.ShareOf(storage.Checkpoint{Blend: s.blend, Share: s.share})
	if a.Given["size"] {
		s.size = a.Config.ServingSize()
	}
	part := func(name string) func() (weights.Set, error) {
		return func() (weights.Set, error) {
			set, _, err := fetchWeights(ctx, api, string(cp.ID), name)
			return set, err
		}
	}
	s.halves = blend.Halves{Adapted: part(client.PartAdapted), Pretrained: part(client.PartPretrained)}
	s.head = part(client.PartHead)
	s.license = func() (string, error) { return licenseOf(ctx, api, list, cp) }
	return s, nil
}

// named finds the checkpoint of that id or name.
func named(list client.CheckpointsReply, name string) (storage.Checkpoint, error) {
	if name == "" || name == client.ServingName {
		name = list.Serving
	}
	for _, cp := range list.Checkpoints {
		if string(cp.ID) == name || name == client.PretrainedName && cp.Kind == storage.CheckpointPretrained {
			return cp, nil
		}
	}
	return storage.Checkpoint{}, fmt.Errorf("%w: no checkpoint %q; `edgeclr checkpoints` lists them", client.ErrNothingFound, name)
}

// model reads the weights and describes the file.
func (c *exportCommand) model(s tfliteSource) (m tflite.Model, err error) {
	a, err := arch.Get(s.checkpoint.Arch)
	if err != nil {
		return m, err
	}
	if m.Plan, err = arch.NewPlan(a, s.size); err != nil {
		return m, err
	}
	m.Share = s.share
	m.Input, _ = tflite.ParseType(c.network.input) // check has seen both
	m.Output, _ = tflite.ParseType(c.network.output)
	if m.Map = c.network.inner; m.Map != "" && !slices.Contains(tflite.Maps(m.Plan), m.Map) {
		return m, cli.Usagef("--map %s: %s has no such step; choose one of %s", m.Map, a.Name, strings.Join(tflite.Maps(m.Plan), ", "))
	}
	if m.Encoders, err = encoders(a, s); err != nil {
		return m, err
	}
	if c.network.head {
		if m.Head, err = head(a, s); err != nil {
			return m, err
		}
	}
	license, err := s.license()
	m.Info = tflite.Info{Name: "EdgeCLR " + a.Name, Checkpoint: string(s.checkpoint.ID), Blend: s.blend, License: license, Squash: s.checkpoint.Squash}
	return m, err
}

// encoders reads the weights of the blend: of one encoder, or of both of a join.
func encoders(a *arch.Architecture, s tfliteSource) ([]weights.Set, error) {
	set, err := blend.ServingWeights(s.blend, a, s.halves)
	if err != nil || s.blend != config.BlendJoin {
		return []weights.Set{set}, err
	}
	pretrained, err := s.halves.Pretrained()
	return []weights.Set{pretrained, set}, err
}

// head reads the projection head.
func head(a *arch.Architecture, s tfliteSource) (*tflite.Head, error) {
	if s.blend == config.BlendJoin {
		return nil, cli.Usagef("--head: the projection head is one encoder's, and blend join has two; add --blend none")
	}
	set, err := s.head()
	if err != nil {
		return nil, err
	}
	of, set, err := blend.HeadWeights(a, set)
	if err != nil {
		return nil, err
	}
	return tflite.HeadOf(of, a.Features, set)
}

// licenseOf says under which licence the weights are that a checkpoint's training began
// from. Only those that EdgeCLR brings along are known.
func licenseOf(ctx context.Context, api *client.Client, list client.CheckpointsReply, cp storage.Checkpoint) (string, error) {
	const lite0 = "2675d06882e88150fc21d57b0867eafd1c1b855c372e2221dcbc22ebefd9cb36" // of efficientnet_lite0.pth
	root := cp.ID
	if cp.Kind == storage.CheckpointTrained {
		root = cp.Root
	}
	if slices.ContainsFunc(list.Checkpoints, func(c storage.Checkpoint) bool { return c.ID == root }) {
		set, _, err := fetchWeights(ctx, api, string(root), client.PartAdapted)
		if err != nil {
			return "", err
		}
		if blend.WeightsHash(set) == lite0 {
			return "Apache-2.0; pretrained EfficientNet-Lite0: Copyright 2020 ML Illustrated", nil
		}
	}
	return "unknown: that of the weights from which training began", nil
}
