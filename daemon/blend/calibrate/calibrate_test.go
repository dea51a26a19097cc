package calibrate_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/blend/calibrate"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/tflite/litert"
)

// library is LiteRT's. The test is skipped without it.
func library(t testing.TB) *litert.Library {
	t.Helper()
	l, err := litert.Load("")
	if err != nil {
		t.Skipf("LiteRT is not here: %v (run make deps)", err)
	}
	return l
}

// pretrained are the weights of EfficientNet-Lite0. The test is skipped without them.
func pretrained(t testing.TB) weights.Set {
	t.Helper()
	set, err := weights.ReadFile("../../../.deps/weights/efficientnet_lite0.pth", weights.Limits{})
	if err != nil {
		t.Skipf("the pretrained weights are not here: %v (run make deps)", err)
	}
	return set
}

// photographs are n real pictures, of all classes of a data set.
func photographs(t testing.TB, folder string, n int) []*rgb.Image {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(os.Getenv(config.EnvShared), "data", folder, "*", "*"))
	if os.Getenv(config.EnvShared) == "" || len(files) < n {
		t.Skipf("%d pictures of %s are here, %v (set EDGECLR_SHARED)", len(files), folder, err)
	}
	slices.Sort(files)
	var pictures []*rgb.Image
	for i := range n {
		data, err := os.ReadFile(files[i*len(files)/n])
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := (&decode.Decoder{}).Decode(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, m)
	}
	return pictures
}

// rendered gives n pictures of a scene.
func rendered(n int) []*rgb.Image {
	list := make([]*rgb.Image, n)
	scene := synthetic.New(synthetic.Options{Seed: 3})
	for i := range list {
		list[i], _ = scene.Render(i)
	}
	return list
}

// EfficientNet-Lite0 in int8 is good enough to serve, by real pictures.
func TestRunPretrained(t *testing.T) {
	lib, set := library(t), pretrained(t)
	pictures := photographs(t, "clothing", 60)
	r, err := calibrate.Run(t.Context(), calibrate.Network{Arch: "efficientnet_lite0", Size: 96, Weights: set}, lib, pictures)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("share %v, mean %.4f, worst %.4f, %d pictures calibrate and %d are held back", r.Share, r.Mean, r.Worst, r.Calibrated, r.HeldBack)
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	if r.Calibrated != 48 || r.HeldBack != 12 {
		t.Errorf("%d pictures calibrate and %d are held back", r.Calibrated, r.HeldBack)
	}
}

// Two calibrations on the same pictures give the same ranges.
func TestRunTwice(t *testing.T) {
	lib := library(t)
	a, err := arch.Get("resnet18")
	if err != nil {
		t.Fatal(err)
	}
	run := func() calibrate.Result {
		r, err := calibrate.Run(t.Context(), calibrate.Network{Arch: a.Name, Size: 32, Weights: model.Random(a, 7), Threads: 1}, lib, rendered(5))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if one, other := run(), run(); !reflect.DeepEqual(one, other) {
		t.Errorf("first %+v, then %+v", one, other)
	}
}

// Pictures that say nothing give ranges all the same: a camera may be covered.
func TestRunConstantPictures(t *testing.T) {
	lib := library(t)
	a, err := arch.Get("resnet18")
	if err != nil {
		t.Fatal(err)
	}
	black := make([]*rgb.Image, 6)
	for i := range black {
		black[i] = &rgb.Image{Width: 40, Height: 40, Pix: make([]byte, 40*40*3)}
	}
	r, err := calibrate.Run(t.Context(), calibrate.Network{Arch: "resnet18", Size: 32, Weights: model.Random(a, 7)}, lib, black)
	if err != nil {
		t.Fatal(err)
	}
	if math.IsNaN(r.Mean) || math.IsNaN(r.Worst) {
		t.Errorf("agreement %+v", r.Agreement)
	}
}

func TestRunErrors(t *testing.T) {
	lib := library(t)
	a, err := arch.Get("resnet18")
	if err != nil {
		t.Fatal(err)
	}
	good := calibrate.Network{Arch: "resnet18", Size: 64, Weights: model.Random(a, 7)}
	run := func(n calibrate.Network, pictures []*rgb.Image) error {
		_, err := calibrate.Run(t.Context(), n, lib, pictures)
		return err
	}
	if err := run(good, rendered(4)); !errors.Is(err, calibrate.ErrPictures) {
		t.Errorf("four pictures: %v", err)
	}
	unknown, small, empty := good, good, good
	unknown.Arch, small.Size, empty.Weights = "alexnet", 0, nil
	for _, n := range []calibrate.Network{unknown, small, empty} {
		if err := run(n, rendered(5)); err == nil {
			t.Errorf("%s at %d px with %d tensors: no error", n.Arch, n.Size, len(n.Weights))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := calibrate.Run(ctx, good, lib, rendered(5)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCompare(t *testing.T) {
	tests := []struct {
		name      string
		got, want [][]float32
		mean      float64
		worst     float64
		good      bool
	}{
		{"equal", [][]float32{{1, 0}, {0.6, 0.8}}, [][]float32{{1, 0}, {0.6, 0.8}}, 1, 1, true},
		{"length does not count", [][]float32{{3, 0}}, [][]float32{{1, 0}}, 1, 1, true},
		{"one is wrong", [][]float32{{1, 0}, {0, 1}}, [][]float32{{1, 0}, {1, 0}}, 0.5, 0, false},
		{"zeros", [][]float32{{0, 0}}, [][]float32{{1, 0}}, 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := calibrate.Compare(tt.got, tt.want)
			if err != nil || math.Abs(a.Mean-tt.mean) > 1e-7 || math.Abs(a.Worst-tt.worst) > 1e-7 {
				t.Errorf("%+v, error %v; want mean %v, worst %v", a, err, tt.mean, tt.worst)
			}
			if good := a.Check() == nil; good != tt.good {
				t.Errorf("good enough: %v", good)
			}
		})
	}
	for _, pair := range [][2][][]float32{{nil, nil}, {{{1}}, nil}, {{{1}}, {{1, 2}}}} {
		if _, err := calibrate.Compare(pair[0], pair[1]); err == nil {
			t.Errorf("%v compared with %v", pair[0], pair[1])
		}
	}
	if err := (calibrate.Agreement{Mean: math.NaN(), Worst: math.NaN()}).Check(); err == nil {
		t.Error("NaN is good enough")
	}
}
