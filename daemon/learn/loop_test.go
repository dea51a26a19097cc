package learn

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"edgeclr/augment"
	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
)

// hookedLoop has three steps of three pairs. The second pair of each shows two
// pictures. Picture 90 is broken.
func hookedLoop(t *testing.T) *trainingLoop {
	t.Helper()
	a, err := arch.Get("efficientnet_lite0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Serve.Size, cfg.Model.Threads = 32, 1
	learn := &cfg.Learn
	learn.Steps, learn.HeadSteps, learn.Ramp, learn.Stages, learn.StageDecay, learn.Align = 3, 1, 1, 2, 0.5, 0.5
	o, err := objective.Get(learn.Loss)
	if err != nil {
		t.Fatal(err)
	}
	return &trainingLoop{
		Config: cfg, Arch: a, Seed: 3, State: model.State{Encoder: model.Random(a, 1), Head: model.NewHeads(o, a.Features, 1)}, Batch: 3,
		Choose: func(step int) ([]augment.Pick, error) {
			id := uint64(10 * step)
			return []augment.Pick{{First: id, Second: id}, {First: id + 1, Second: id + 2}, {First: id + 3, Second: 90}}, nil
		},
		Load: func(_ context.Context, id uint64) (*rgb.Image, error) {
			if id == 90 {
				return nil, errors.New("broken")
			}
			return scene(int(id)), nil
		},
	}
}

// The hooks get the picks that the views show, and the projections of the views.
func TestLoopHooks(t *testing.T) {
	loop := hookedLoop(t)
	var asked, told [][]augment.Pick
	loop.NotNegatives = func(step int, picks []augment.Pick) []bool {
		asked = append(asked, slices.Clone(picks))
		return []bool{false, true, false, true, false, false, false, false, false}
	}
	loop.Observe = func(picks []augment.Pick, projections []float32) error {
		told = append(told, slices.Clone(picks))
		length := 0.0
		for _, x := range projections {
			length += float64(x) * float64(x)
		}
		if len(projections) != 6*128 || math.Abs(length-6) > 1e-3 {
			t.Errorf("%d values, squared length %v", len(projections), length)
		}
		return nil
	}
	if _, progress, err := loop.run(t.Context()); err != nil || progress.Step != 3 || !(progress.Loss > 0) {
		t.Fatalf("%+v, %v", progress, err)
	}
	for step := range uint64(3) {
		id := 10 * step
		want := []augment.Pick{{First: id, Second: id}, {First: id + 1, Second: id + 2}, {First: id + 3, Second: id + 3}}
		if !slices.Equal(asked[step], want) || !slices.Equal(told[step], want) {
			t.Errorf("step %d: asked of %v, told of %v", step, asked[step], told[step])
		}
	}
}

func TestLoopHookErrors(t *testing.T) {
	full := errors.New("no place for features")
	for _, tt := range []struct {
		name string
		edit func(loop *trainingLoop)
		want error
	}{
		{"a mask of another batch", func(loop *trainingLoop) {
			loop.NotNegatives = func(int, []augment.Pick) []bool { return make([]bool, 4) }
		}, model.ErrShape},
		{"Observe fails", func(loop *trainingLoop) { loop.Observe = func([]augment.Pick, []float32) error { return full } }, full},
	} {
		t.Run(tt.name, func(t *testing.T) {
			loop := hookedLoop(t)
			tt.edit(loop)
			if _, progress, err := loop.run(t.Context()); !errors.Is(err, tt.want) || progress.Step != 0 {
				t.Errorf("%+v, %v", progress, err)
			}
		})
	}
}

func TestShareOfTheLimit(t *testing.T) {
	begin := time.Now().Add(-40 * time.Second)
	for _, tt := range []struct {
		name   string
		limit  time.Duration
		moving time.Duration // after begin; negative: not yet
		want   float64
	}{
		{"no limit", 0, 10 * time.Second, 0},
		{"head alone", time.Minute, -1, 0},
		{"in the middle", time.Minute, 20 * time.Second, 0.5},
		{"the head took all", time.Second, 20 * time.Second, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			limit := timeLimit{limit: tt.limit, begin: begin}
			if tt.moving >= 0 {
				limit.moving = begin.Add(tt.moving)
			}
			if got := limit.share(); math.Abs(got-tt.want) > 0.05 {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}
