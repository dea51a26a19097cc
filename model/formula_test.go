package model

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// The formulas of testdata/golden/model_formula.py, to the bit: pictures and
// weights that Go and PyTorch start from without storing them.

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

const golden64 = 0x9E3779B97F4A7C15

// formula fills a tensor with values in low to high.
func formula(name string, shape []int, low, high float64) tensor.Tensor {
	seed := uint64(0xCBF29CE484222325)
	for _, b := range []byte(name) {
		seed = (seed ^ uint64(b)) * 0x100000001B3
	}
	i := uint64(0)
	return drawn(weights.Spec{Name: name, Shape: shape}, func() float64 {
		u := float64(mix(seed+i*golden64)>>40) / (1 << 24)
		i++
		// The conversion keeps the compiler from fusing, which rounds otherwise.
		return low + float64((high-low)*u)
	})
}

func formulaEncoder(a *arch.Architecture) weights.Set {
	ranges := map[string][2]float64{
		".weight": {0.5, 1}, ".bias": {-0.2, 0.2}, ".running_mean": {-0.5, 0.5}, ".running_var": {0.5, 1.5},
	}
	var set weights.Set
	for _, spec := range a.Specs() {
		r := ranges[spec.Name[strings.LastIndexByte(spec.Name, '.'):]]
		if s := spec.Shape; len(s) == 4 {
			bound := math.Sqrt(6 / float64(s[1]*s[2]*s[3]))
			r = [2]float64{-bound, bound}
		}
		set = append(set, formula(spec.Name, spec.Shape, r[0], r[1]))
	}
	return set
}

// formulaDense fills weight and bias of dense layers, in the order of specs.
func formulaDense(specs []weights.Spec) weights.Set {
	var set weights.Set
	bound := 0.0
	for _, spec := range specs {
		if len(spec.Shape) == 2 {
			bound = 1 / math.Sqrt(float64(spec.Shape[1]))
		}
		set = append(set, formula(spec.Name, spec.Shape, -bound, bound))
	}
	return set
}

// picture draws a square RGB picture: coloured waves, a disc, noise. View 1 is
// moved and darker.
func picture(number, view, size int) []uint8 {
	look := mix(uint64(number))
	var b [8]int
	for k := range b {
		b[k] = int(look >> (8 * k) & 255)
	}
	pix := make([]uint8, 0, size*size*3)
	for y := range size {
		for x := range size {
			u, w := x*256/size+24*view, y*256/size+8*view
			du, dw, radius := u-64-b[5]/2, w-64-b[6]/2, 24+b[7]/4
			for c := range 3 {
				colour := ((1+b[0]%4)*u + (1+b[1]%4)*w + b[2+c] + 85*c) & 511
				colour = min(colour, 511-colour)
				if du*du+dw*dw < radius*radius {
					colour = b[2+c]
				}
				noise := mix((look^uint64(view))+uint64(len(pix))*golden64) >> 59
				pix = append(pix, uint8(colour*(4-view)/5+int(noise)))
			}
		}
	}
	return pix
}

// pairs is a batch of views: pictures first to first+n-1, modulo 24.
func pairs(first, n, size int) []uint8 {
	var views []uint8
	for view := range 2 {
		for i := range n {
			views = append(views, picture((first+i)%24, view, size)...)
		}
	}
	return views
}

func architecture(t testing.TB, name string) *arch.Architecture {
	t.Helper()
	a, err := arch.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// encoderWeights are those that the golden files were made with: pretrained for
// EfficientNet-Lite0, by formula for others. The classifier is in the set.
func encoderWeights(t testing.TB, a *arch.Architecture) weights.Set {
	t.Helper()
	if a.Name != "efficientnet_lite0" {
		return append(formulaEncoder(a), formulaDense(a.ClassifierSpecs())...)
	}
	path := filepath.Join("..", ".deps", "weights", "efficientnet_lite0.pth")
	if named := os.Getenv("EDGECLR_WEIGHTS"); named != "" {
		path = named
	}
	set, err := weights.ReadFile(path, weights.Limits{})
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the pretrained weights are not there (%v); run: make deps", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func goldenFile(t testing.TB, name string) weights.Set {
	t.Helper()
	set, err := weights.ReadFile(filepath.Join("..", "testdata", "golden", name), weights.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func find(t testing.TB, set weights.Set, name string) tensor.Tensor {
	t.Helper()
	tensor, ok := set.Find(name)
	if !ok {
		t.Fatalf("no tensor %q", name)
	}
	return tensor
}

// away is the largest difference, as a share of the largest wanted value.
func away(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	var difference, largest float64
	for i := range want {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if math.IsNaN(d) {
			return d
		}
		difference = max(difference, d)
		largest = max(largest, math.Abs(float64(want[i])))
	}
	if difference == 0 {
		return 0
	}
	return difference / largest
}
