package model

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
)

func formula(name string, shape []int, low, high float64) tensor.Tensor {
	return archtest.Formula(weights.Spec{Name: name, Shape: shape}, low, high)
}

func formulaEncoder(a *arch.Architecture) weights.Set { return archtest.Weights(a) }

func formulaDense(specs []weights.Spec) weights.Set { return archtest.Dense(specs) }

func picture(number, view, size int) []uint8 { return archtest.Picture(number, view, size) }

// pairs draws a batch of views: pictures first to first+n-1, modulo 24.
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

// encoderWeights are the weights that the golden files were made with: pretrained for
// EfficientNet-Lite0, by formula for others. The set includes the classifier.
func encoderWeights(t testing.TB, a *arch.Architecture) weights.Set {
	t.Helper()
	if a.Name != "efficientnet_lite0" {
		return append(formulaEncoder(a), archtest.Classifier(a)...)
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

// relativeError is the largest difference, as a share of the largest wanted value.
func relativeError(got, want []float32) float64 {
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
