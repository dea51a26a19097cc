package calibrate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"edgeclr/camera/rgb"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/tflite"
	"edgeclr/tflite/litert"
)

// Pictures is how many pictures a calibration takes. More do not change the ranges of a
// fixed camera.
const Pictures = 250

// heldBackEvery is the share of the pictures that choose the ranges: one in five. The
// others make them.
const heldBackEvery = 5

// leastPictures is how many pictures a calibration needs at least: four that make ranges
// and one that chooses.
const leastPictures = 5

// ErrPictures means that there are too few pictures to calibrate on.
var ErrPictures = errors.New("too few pictures to calibrate int8 on")

// Network is the float encoder that is to compute in int8.
type Network struct {
	Arch    string // a name that [arch.Get] knows
	Size    int    // side of the square that the network sees, in pixels
	Weights weights.Set
	Head    *tflite.Head // projection head over the features; nil: none
	Threads int          // of both libraries; 0: all cores
}

// Result are the ranges that agree best with the float network.
type Result struct {
	Ranges tflite.Ranges

	// Share of the values that the ranges keep at either end; [tflite.MinMax] is all.
	Share float64

	Agreement      // of the vectors with those of the float network
	Calibrated int // pictures that the ranges come from
	HeldBack   int // pictures that the agreement comes from
}

// shares are the ranges that are tried.
func shares() []float64 { return []float64{tflite.MinMax, 0.99999, 0.9999} }

// Run calibrates an encoder on pictures of any size, as they are stored in time: every
// fifth is held back. library runs the files that are tried. Errors: [ErrPictures], those
// of the network, and those of the libraries.
func Run(ctx context.Context, n Network, library *litert.Library, pictures []*rgb.Image) (Result, error) {
	if len(pictures) < leastPictures {
		return Result{}, fmt.Errorf("%w: there are %d and %d are needed; store frames first, with a source or `edgeclr embed`, or compute in float",
			ErrPictures, len(pictures), leastPictures)
	}
	a, err := arch.Get(n.Arch)
	if err != nil {
		return Result{}, err
	}
	plan, err := arch.NewPlan(a, n.Size)
	if err != nil {
		return Result{}, err
	}
	seen, heldBack := split(plan, pictures)
	statistics, want, err := n.observe(ctx, plan, seen, heldBack)
	if err != nil {
		return Result{}, err
	}
	best := Result{Agreement: Agreement{Mean: math.Inf(-1)}, Calibrated: len(seen), HeldBack: len(heldBack)}
	for _, share := range shares() {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		ranges, err := statistics.Ranges(share)
		if err != nil {
			return Result{}, err
		}
		file, err := tflite.Model{Plan: plan, Encoders: []weights.Set{n.Weights}, Head: n.Head, Ranges: []tflite.Ranges{ranges},
			Input: tflite.Uint8, Output: tflite.Float32}.Encode()
		if err != nil {
			return Result{}, err
		}
		got, err := vectors(ctx, library, file, litert.Options{Threads: n.Threads}, heldBack)
		if err != nil {
			return Result{}, fmt.Errorf("running the int8 encoder: %w", err)
		}
		agreement, err := Compare(got, want)
		if err != nil {
			return Result{}, err
		}
		if agreement.Mean > best.Mean {
			best.Ranges, best.Share, best.Agreement = ranges, share, agreement
		}
	}
	return best, nil
}

// HeldBack are the pictures of a calibration that chose its ranges.
func HeldBack(plan *arch.Plan, pictures []*rgb.Image) []*rgb.Image {
	_, heldBack := split(plan, pictures)
	return heldBack
}

// split cuts the squares that the network sees, and takes every fifth apart.
func split(plan *arch.Plan, pictures []*rgb.Image) (seen, heldBack []*rgb.Image) {
	for i, p := range pictures {
		square := plan.EvalSquare(p)
		if i%heldBackEvery == heldBackEvery-1 {
			heldBack = append(heldBack, square)
		} else {
			seen = append(seen, square)
		}
	}
	return seen, heldBack
}

// observe runs the float network: it gathers what the steps give for the pictures that are
// seen, and computes the vectors of those that are held back.
func (n Network) observe(ctx context.Context, plan *arch.Plan, seen, heldBack []*rgb.Image) (*tflite.Statistics, [][]float32, error) {
	encoder, err := model.NewEncoder(n.Weights, model.EncoderOptions{Arch: plan.Arch, Size: plan.Size,
		Runtime: model.Runtime{Threads: n.Threads, Device: "cpu"}})
	if err != nil {
		return nil, nil, err
	}
	defer encoder.Close()
	statistics := tflite.NewStatistics(plan, n.Head)
	if err := statistics.AddPictures(seen); err != nil {
		return nil, nil, err
	}
	features := plan.Steps[len(plan.Steps)-1].Name
	err = encoder.Observe(ctx, seen, func(step string, values []float32) error {
		if step == features && n.Head != nil {
			for row := range slices.Chunk(values, plan.Features) {
				if _, err := n.Head.Apply(row, statistics.Add); err != nil {
					return err
				}
			}
		}
		return statistics.Add(step, values)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("calibrating int8: %w", err)
	}
	if n.Head == nil {
		vectors, err := encoder.Embed(ctx, heldBack)
		return statistics, vectors, err
	}
	vectors, err := encoder.Features(ctx, heldBack)
	for i := range vectors {
		if vectors[i], err = n.Head.Apply(vectors[i], func(string, []float32) error { return nil }); err != nil {
			return nil, nil, err
		}
	}
	return statistics, vectors, err
}
