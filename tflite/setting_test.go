package tflite_test

import (
	"cmp"
	"encoding/binary"
	"errors"
	"flag"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
	"edgeclr/tflite"
	"edgeclr/tflite/litert"
)

var (
	update   = flag.Bool("update", false, "write testdata anew")
	pictures = flag.Int("pictures", 6, "real pictures of each comparison with TensorFlow")
)

func planOf(t testing.TB, name string, size int) *arch.Plan {
	t.Helper()
	a, err := arch.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := arch.NewPlan(a, size)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func tinyPlan(t testing.TB, size int) *arch.Plan {
	t.Helper()
	plan, err := arch.NewPlan(archtest.Tiny(), size)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// encoderWeights are pretrained for EfficientNet-Lite0, and made by formula for others.
func encoderWeights(t testing.TB, a *arch.Architecture) weights.Set {
	t.Helper()
	if a.Name != "efficientnet_lite0" {
		return archtest.Weights(a)
	}
	set, err := weights.ReadFile(cmp.Or(os.Getenv("EDGECLR_WEIGHTS"), "../.deps/weights/efficientnet_lite0.pth"), weights.Limits{})
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the pretrained weights are not there (%v); run: make deps", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// realSquares returns n pictures as an encoder of that size sees them, in equal parts of
// each class of three collections.
func realSquares(t testing.TB, n, size int) []*rgb.Image {
	t.Helper()
	var all [][]string
	total := 0
	for _, set := range []string{"eurosat", "clothing", "trashnet"} {
		files, err := filepath.Glob(filepath.Join(cmp.Or(os.Getenv("EDGECLR_SHARED"), "../../shared"), "data", set, "*", "*.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, files)
		total += len(files)
	}
	if total < n {
		t.Skipf("%d real pictures are here and the test wants %d (set EDGECLR_SHARED)", total, n)
	}
	jpeg := model.NewJPEGDecoder()
	defer jpeg.Close()
	decoder := decode.Decoder{JPEG: jpeg, Limits: decode.Limits{}}
	var squares []*rgb.Image
	for i := range n {
		files := all[i%len(all)]
		data, err := os.ReadFile(files[i*(len(files)-1)/n])
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := decoder.Decode(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		squares = append(squares, m.EvalSquare(size))
	}
	return squares
}

func encode(t testing.TB, m tflite.Model) []byte {
	t.Helper()
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// open opens a file with LiteRT, or skips the test where the library is not there.
func open(t testing.TB, file []byte) *litert.Network {
	t.Helper()
	library, err := litert.Load("")
	if errors.Is(err, litert.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	network, err := library.Open(file, litert.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { network.Close() })
	return network
}

// run computes the outputs of one picture, as float32.
func run(t testing.TB, n *litert.Network, pixels []uint8) [][]float32 {
	t.Helper()
	var values [][]float32
	for _, o := range rawRun(t, n, pixels) {
		var list []float32
		for ; len(o) > 0; o = o[4:] {
			list = append(list, math.Float32frombits(binary.LittleEndian.Uint32(o)))
		}
		values = append(values, list)
	}
	return values
}

// asType gives pixels in the type of an input.
func asType(pixels []uint8, input litert.Tensor) []byte {
	var data []byte
	for _, p := range pixels {
		switch input.Type.String() {
		case "float32":
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(p)))
		case "uint8":
			data = append(data, p)
		case "int8":
			data = append(data, p-128)
		}
	}
	return data
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}
