package model

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/model/arch"
)

// Observe gives each step of the plan, in order, with as many values as the plan says.
// The last step's are the features.
func TestObserve(t *testing.T) {
	encoder := tinyEncoder(t)
	pictures := scenes(embedBatch + 3)
	want, err := encoder.Features(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	steps := encoder.plan.Steps
	seen, features := 0, []float32(nil)
	counts := map[string]int{}
	err = encoder.Observe(t.Context(), pictures, func(step string, values []float32) error {
		if name := steps[seen%len(steps)].Name; step != name {
			return fmt.Errorf("call %d is of step %s, want %s", seen, step, name)
		}
		seen++
		counts[step] += len(values)
		if step == steps[len(steps)-1].Name {
			features = append(features, values...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		values := s.PaddedOutput().Values()
		if s.Op == arch.GlobalMean {
			values = encoder.Dim()
		}
		if counts[s.Name] != len(pictures)*values {
			t.Errorf("step %s: %d values, want %d for each of %d pictures", s.Name, counts[s.Name], values, len(pictures))
		}
	}
	for i, v := range slices.Concat(want...) {
		if math.Abs(float64(v-features[i])) > 1e-5*(1+math.Abs(float64(v))) {
			t.Fatalf("feature %d is %v, and Features gives %v", i, features[i], v)
		}
	}
}

func TestObserveErrors(t *testing.T) {
	encoder := tinyEncoder(t)
	stop := errors.New("stop")
	calls := 0
	err := encoder.Observe(t.Context(), scenes(2), func(string, []float32) error { calls++; return stop })
	if err != stop || calls != 1 {
		t.Errorf("error %v after %d calls, want the callback's own after one", err, calls)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := encoder.Observe(ctx, scenes(2), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
	if err := encoder.Observe(t.Context(), nil, nil); err != nil {
		t.Errorf("no pictures: error %v", err)
	}
	encoder.Close()
	if err := encoder.Observe(t.Context(), []*rgb.Image{scenes(1)[0]}, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: error %v", err)
	}
}

// A large network runs few pictures at a time, a small one no more than an encoder does.
func TestObserveBatch(t *testing.T) {
	for _, tt := range []struct {
		name string
		size int
		want int
	}{{"resnet18", 32, 32}, {"efficientnet_lite0", 224, 2}, {"resnet18", 2048, 1}} {
		a, err := arch.Get(tt.name)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := arch.NewPlan(a, tt.size)
		if err != nil {
			t.Fatal(err)
		}
		if got := observeBatch(plan); got != tt.want {
			t.Errorf("%s at %d px: %d pictures at a time, want %d", tt.name, tt.size, got, tt.want)
		}
	}
}
