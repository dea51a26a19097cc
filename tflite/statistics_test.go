package tflite

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
)

func tinyPlan(t testing.TB) *arch.Plan {
	t.Helper()
	plan, err := arch.NewPlan(archtest.Tiny(), 32)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// fill adds values to all steps, and returns the statistics.
func fill(t testing.TB, values func(step string) []float32) *Statistics {
	t.Helper()
	plan := tinyPlan(t)
	s := NewStatistics(plan, nil)
	for _, step := range plan.Steps {
		if err := s.Add(step.Name, values(step.Name)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// Ranges keep what they should, of values of any size, to the width of a bin.
func TestStatisticsRanges(t *testing.T) {
	const pixels = 1000
	for _, unit := range []float64{1e-6, 1, 1e6} {
		rng := rand.New(rand.NewPCG(1, 2))
		values := make([]float32, pixels*12) // whole pixels of 8, 12 and 16 channels need a common multiple
		values = append(values, make([]float32, pixels*36)...)
		for i := range values {
			values[i] = float32(unit * rng.NormFloat64())
		}
		sorted := slices.Sorted(slices.Values(values))
		s := fill(t, func(string) []float32 { return values })
		for _, share := range []float64{MinMax, 0.999, 0.9} {
			ranges, err := s.Ranges(share)
			if err != nil {
				t.Fatal(err)
			}
			out := int((1 - share) * float64(len(sorted)))
			low, high := float64(sorted[out]), float64(sorted[len(sorted)-1-out])
			bin := (high - low) / 1000
			r := ranges["stem"]
			if math.Abs(float64(r.Min)-low) > bin || math.Abs(float64(r.Max)-high) > bin {
				t.Errorf("unit %v, share %v: %v to %v, want %v to %v", unit, share, r.Min, r.Max, low, high)
			}
			if share == MinMax && (float64(r.Min) != low || float64(r.Max) != high) {
				t.Errorf("unit %v: %v to %v, want exactly %v to %v", unit, r.Min, r.Max, low, high)
			}
		}
	}
}

// The order in which pictures come changes no range, and nothing is drawn at random.
func TestStatisticsOrder(t *testing.T) {
	small, large := slices.Repeat([]float32{0.5, -0.25, 0.125, 1}, 12), slices.Repeat([]float32{300, -77, 5, 0}, 12)
	gather := func(first, second []float32) Ranges {
		s := fill(t, func(string) []float32 { return first })
		for _, step := range s.plan.Steps {
			if err := s.Add(step.Name, second); err != nil {
				t.Fatal(err)
			}
		}
		r, err := s.Ranges(0.99)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if one, other := gather(small, large), gather(large, small); !reflect.DeepEqual(one, other) {
		t.Errorf("%v, the other way %v", one["stem"], other["stem"])
	}
}

func TestStatisticsMeans(t *testing.T) {
	s := fill(t, func(string) []float32 { return make([]float32, 48) })
	var pixel []float32
	for c := range 8 {
		pixel = append(pixel, float32(c))
	}
	if err := s.Add("stem", slices.Repeat(pixel, 6)); err != nil {
		t.Fatal(err)
	}
	black := &rgb.Image{Width: 32, Height: 32, Pix: make([]byte, 32*32*3)}
	if err := s.AddPictures([]*rgb.Image{black}); err != nil {
		t.Fatal(err)
	}
	ranges, err := s.Ranges(MinMax)
	if err != nil {
		t.Fatal(err)
	}
	for c, m := range ranges["stem"].Means {
		if m != float32(c)/2 {
			t.Errorf("channel %d has the mean %v, want %v", c, m, float32(c)/2)
		}
	}
	a := s.plan.Arch
	for c, m := range ranges[arch.Input].Means {
		if want := -a.Mean[c] / a.Std[c]; m != want {
			t.Errorf("channel %d of the picture has the mean %v, want %v", c, m, want)
		}
	}
}

func TestStatisticsErrors(t *testing.T) {
	s := NewStatistics(tinyPlan(t), nil)
	for name, values := range map[string][]float32{"stem": {1}, "nowhere": make([]float32, 8), "pool": {0, 0, 0, 0, 0, 0, 0, float32(math.NaN())},
		"add": {0, 0, 0, 0, 0, 0, 0, float32(math.Inf(1))}} {
		if err := s.Add(name, values); err == nil {
			t.Errorf("step %s took %v", name, values)
		}
	}
	if err := s.AddPictures([]*rgb.Image{{Width: 2, Height: 2, Pix: make([]byte, 12)}}); err == nil {
		t.Error("a picture of another size was taken")
	}
	if _, err := s.Ranges(MinMax); !errors.Is(err, ErrRanges) {
		t.Errorf("no values: %v", err)
	}
	s = fill(t, func(string) []float32 { return make([]float32, 48) })
	for _, share := range []float64{0, 0.5, 1.1, math.NaN()} {
		if _, err := s.Ranges(share); err == nil {
			t.Errorf("share %v: no error", share)
		}
	}
}

// Ranges that a file could not hold are refused, with the step's name.
func TestRangesCheck(t *testing.T) {
	plan := tinyPlan(t)
	good := func() Ranges {
		r := Ranges{}
		for _, s := range plan.Steps {
			r[s.Name] = Range{Min: -1, Max: 1}
		}
		return r
	}
	if err := good().check(plan, nil); err != nil {
		t.Fatal(err)
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, bad := range map[string]Range{
		"not a number": {Min: nan, Max: 1}, "infinite": {Min: 0, Max: inf}, "backwards": {Min: 1, Max: 0},
		"too few means": {Max: 1, Means: []float32{1}}, "mean not a number": {Max: 1, Means: []float32{0, 0, 0, 0, 0, 0, 0, nan}},
	} {
		r := good()
		r["stem"] = bad
		if err := r.check(plan, nil); !errors.Is(err, ErrRanges) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	missing := good()
	delete(missing, "add")
	head := &Head{Layers: []Layer{{Name: "head.layer1", In: 12, Out: 4}}}
	for name, err := range map[string]error{
		"a step missing": missing.check(plan, nil), "none": Ranges(nil).check(plan, nil), "a layer missing": good().check(plan, head),
	} {
		if !errors.Is(err, ErrRanges) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
