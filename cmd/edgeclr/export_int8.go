package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/blend/calibrate"
	"edgeclr/daemon/client"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/search"
	"edgeclr/tflite"
	"edgeclr/tflite/litert"
)

// int8Report says what a .tflite file loses and gains by computing in int8. All is measured
// with the file itself, beside the same network in float, by LiteRT on the CPU.
type int8Report struct {
	Pictures int       `json:"pictures"`  // that the ranges come from
	HeldBack int       `json:"held_back"` // that chose the ranges, and that the cosines are of
	Shares   []float64 `json:"shares"`    // of the values that the ranges keep at either end, for each encoder; 1: all

	CosineMean  float64 `json:"cosine_mean"` // of a picture's vector to its float vector
	CosineWorst float64 `json:"cosine_worst"`

	Int8  variantReport `json:"int8"`
	Float variantReport `json:"float"`

	// Labelled are the pictures with a known class: the labelled frames of the store, or
	// those of the folder --eval. 0: there are none, and the scores are missing.
	Labelled int `json:"labelled"`
	Classes  int `json:"classes"`
}

// variantReport describes the network in one precision.
type variantReport struct {
	Bytes int     `json:"bytes"`          // of the file
	Ms    float64 `json:"ms"`             // for one picture, the median
	Top1  float64 `json:"top1,omitempty"` // leave-one-out, as `edgeclr eval` measures
	P10   float64 `json:"p10,omitempty"`
}

// print writes the report for people; nothing for a file that computes in float.
func (r *int8Report) print(w io.Writer) {
	if r == nil {
		return
	}
	fmt.Fprintf(w, "int8, calibrated on %d pictures; cosine to the float vector on %d others: mean %.4f, worst %.4f\n",
		r.Pictures, r.HeldBack, r.CosineMean, r.CosineWorst)
	for _, v := range []struct {
		name string
		variantReport
	}{{"int8", r.Int8}, {"float", r.Float}} {
		fmt.Fprintf(w, "%-5s  %9d bytes  %7.1f ms", v.name, v.Bytes, v.Ms)
		if r.Labelled > 0 {
			fmt.Fprintf(w, "  top-1 %.4f  precision@10 %.4f", v.Top1, v.P10)
		}
		fmt.Fprintln(w)
	}
	if r.Labelled > 0 {
		fmt.Fprintf(w, "top-1 and precision@10: leave-one-out on %d pictures of %d classes\n", r.Labelled, r.Classes)
	} else {
		fmt.Fprintln(w, "name frames, or give a folder of class folders with --eval, to see top-1 and precision@10")
	}
}

// quantizer calibrates a model and measures what that costs.
type quantizer struct {
	app     *cli.App
	api     *client.Client
	library *litert.Library
	decoder *decode.Decoder
	folder  string // of class folders; "": the labelled frames of the store
	plan    *arch.Plan
	squash  bool // it sees wide pictures as a whole
}

// quantize gives the model ranges from the pictures of the store. It returns the file and
// what it costs.
func (c *exportCommand) quantize(ctx context.Context, a *cli.App, api *client.Client, m tflite.Model) ([]byte, *int8Report, error) {
	if c.network.eval != "" { // a mistyped name must not cost a calibration
		if err := haveFiles(ctx, c.network.eval); err != nil {
			return nil, nil, err
		}
	}
	library, err := litert.Load("")
	if err != nil {
		return nil, nil, fmt.Errorf("int8 is calibrated with LiteRT: %w", err)
	}
	jpeg := model.NewJPEGDecoder()
	defer jpeg.Close()
	q := quantizer{a, api, library, &decode.Decoder{JPEG: jpeg, Limits: limits(a.Config)}, c.network.eval, m.Plan, m.Info.Squash}
	pictures, err := q.samples(ctx)
	if err != nil {
		return nil, nil, err
	}
	a.Log.Info("calibrating int8, which takes a minute or more", "pictures", len(pictures), "size", m.Plan.Size)
	report := &int8Report{}
	for _, set := range m.Encoders {
		network := calibrate.Network{Arch: m.Plan.Arch.Name, Size: m.Plan.Size, Weights: set, Head: m.Head, Threads: a.Config.Model.Threads}
		r, err := calibrate.Run(ctx, network, library, pictures)
		if errors.Is(err, calibrate.ErrPictures) {
			return nil, nil, fmt.Errorf("%w: %w", client.ErrNothingFound, err)
		}
		if err != nil {
			return nil, nil, err
		}
		m.Ranges = append(m.Ranges, r.Ranges)
		report.Shares, report.Pictures, report.HeldBack = append(report.Shares, r.Share), r.Calibrated, r.HeldBack
	}
	data, err := m.Encode()
	if err != nil {
		return nil, nil, err
	}
	float := m
	float.Ranges, float.Output, float.Map = nil, tflite.Float32, ""
	reference, err := float.Encode()
	if err != nil {
		return nil, nil, err
	}
	return data, report, q.measure(ctx, report, data, reference, calibrate.HeldBack(m.Plan, pictures))
}

// square is what the network sees of a picture.
func (q quantizer) square() rgb.Square { return rgb.Square{Size: q.plan.Size, Squash: q.squash} }

// samples are the pictures to calibrate on, as the network sees them.
func (q quantizer) samples(ctx context.Context) (squares []*rgb.Image, err error) {
	err = q.api.Samples(ctx, calibrate.Pictures, false, func(_ client.SampleLine, data []byte) error {
		if m, _, err := q.decoder.Decode(ctx, data); err == nil {
			squares = append(squares, q.square().Of(m))
		}
		return ctx.Err()
	})
	return squares, err
}

// eachLabelled calls use with the pictures whose class is known, one after the other.
func (q quantizer) eachLabelled(ctx context.Context, use func(square *rgb.Image, class string) error) error {
	decoded := func(data []byte, class string) error {
		m, _, err := q.decoder.Decode(ctx, data)
		if err != nil {
			return ctx.Err() // a picture that cannot be read is left out
		}
		return use(q.square().Of(m), class)
	}
	if q.folder == "" {
		return q.api.Samples(ctx, client.MaxSamples, true, func(line client.SampleLine, data []byte) error {
			return decoded(data, line.Label)
		})
	}
	return eachBatch(ctx, q.app, []string{q.folder}, "measuring", func(string) {}, func(batch []picture) error {
		for _, p := range batch {
			if err := decoded(p.data, p.Class); err != nil {
				return err
			}
		}
		return nil
	})
}

// measure compares the file with the same network in float, and completes the report.
func (q quantizer) measure(ctx context.Context, r *int8Report, file, reference []byte, heldBack []*rgb.Image) error {
	variants := []*variantReport{&r.Int8, &r.Float}
	runners := make([]*calibrate.Runner, len(variants))
	for i, data := range [][]byte{file, reference} {
		run, err := calibrate.Open(q.library, data, litert.Options{Threads: q.app.Config.Model.Threads})
		if err != nil {
			return err
		}
		defer run.Close()
		runners[i], variants[i].Bytes = run, len(data)
	}
	// each adds the vectors of a picture in both precisions.
	each := func(to *[2][][]float32, square *rgb.Image) error {
		for i, run := range runners {
			vector, err := run.Vector(square)
			if err != nil {
				return err
			}
			to[i] = append(to[i], vector)
		}
		return ctx.Err()
	}
	var compared, labelled [2][][]float32
	var names []string
	for _, square := range heldBack {
		if err := each(&compared, square); err != nil {
			return err
		}
	}
	agreement, err := calibrate.Compare(compared[0], compared[1])
	if err != nil {
		return err
	}
	r.CosineMean, r.CosineWorst = agreement.Mean, agreement.Worst
	err = q.eachLabelled(ctx, func(square *rgb.Image, class string) error {
		names = append(names, class)
		return each(&labelled, square)
	})
	if err != nil {
		return err
	}
	classes, distinct := numbered(names)
	for i, v := range variants {
		v.Ms = float64(runners[i].Took()) / float64(time.Millisecond)
		if distinct < 2 {
			continue // nothing to tell apart
		}
		scores, err := search.LeaveOneOut(ctx, labelled[i], classes, runtime.NumCPU())
		if err != nil {
			return err
		}
		v.Top1, v.P10, r.Labelled, r.Classes = scores.Top1, scores.P10, len(classes), distinct
	}
	return nil
}
