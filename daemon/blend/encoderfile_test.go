package blend

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/blend/calibrate"
	"edgeclr/internal/tensor"
	"edgeclr/storage"
	"edgeclr/tflite/litert"
	"edgeclr/tflite/verify"
	"edgeclr/tflite/verify/verifytest"
)

// fileStore is a store with one checkpoint, a user's file.
type fileStore struct{ file *EncoderFile }

func (s fileStore) Checkpoint(storage.CheckpointID) (storage.Checkpoint, error) {
	return s.file.Checkpoint(), nil
}

func (s fileStore) Tensors(context.Context, storage.CheckpointID) ([]tensor.Tensor, error) {
	return s.file.Tensors(), nil
}

func requireLiteRT(t *testing.T) {
	t.Helper()
	if _, err := litert.Load(""); errors.Is(err, litert.ErrMissing) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// A file of each type gives vectors of length 1, and the integers agree with the floats.
func TestEncoderFileEmbeds(t *testing.T) {
	requireLiteRT(t)
	scene := synthetic.New(synthetic.Options{Seed: 1})
	var pictures []*rgb.Image
	for i := range 3 {
		m, _ := scene.Render(i)
		pictures = append(pictures, m)
	}
	vectors := map[verify.Type][][]float32{}
	for _, typ := range []verify.Type{verify.Float32, verify.Int8, verify.Uint8} {
		var mean, std []float32
		if typ == verify.Float32 {
			mean, std = []float32{0}, []float32{255} // what the scale of the integers says
		}
		f, err := NewEncoderFile(verifytest.Encoder(32, verifytest.Type(typ)).Bytes(), Scaling{Mean: mean, Std: std})
		if err != nil {
			t.Fatal(typ, err)
		}
		cp := f.Checkpoint()
		cp.ID = "c1"
		o := &Opener{}
		e, err := o.OpenCheckpoint(t.Context(), fileStore{f}, cp, o.Serving(cp))
		if err != nil {
			t.Fatal(typ, err)
		}
		defer e.Close()
		if vectors[typ], err = e.Embed(t.Context(), pictures); err != nil {
			t.Fatal(typ, err)
		}
		precision := config.PrecisionInt8
		if typ == verify.Float32 {
			precision = config.PrecisionFloat
		}
		if r := e.Report(); r.Runtime != config.RuntimeLiteRT || r.Precision != precision || e.Dim() != verifytest.Dim || e.Size() != 32 {
			t.Errorf("%v: report %+v, dim %d, size %d", typ, r, e.Dim(), e.Size())
		}
		is := e.Encoders()
		if len(is) != 1 || is[0].Weights != f.Hash() || is[0].Dim != verifytest.Dim || is[0].Size != 32 || is[0].Accelerator != storage.AcceleratorCPU {
			t.Errorf("%v: encoders %+v", typ, is)
		}
		for i, row := range vectors[typ] {
			if c := calibrate.Cosine(row, row); math.Abs(norm(row)-1) > 1e-5 || math.IsNaN(c) {
				t.Errorf("%v: vector %d has the length %v", typ, i, norm(row))
			}
			if c := calibrate.Cosine(row, vectors[verify.Float32][i]); c < .99 {
				t.Errorf("%v: vector %d has the cosine %v to the float one", typ, i, c)
			}
		}
	}
}

func norm(row []float32) float64 {
	sum := 0.0
	for _, v := range row {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

// The store keeps every byte, whatever the length of the file.
func TestEncoderFileTensors(t *testing.T) {
	data := verifytest.Encoder(32, verifytest.Type(verify.Int8)).Bytes()
	for extra := range 4 { // bytes behind the flatbuffer, such as the zip archive of associated files
		data := append(slices.Clone(data), make([]byte, extra)...)
		if extra > 0 {
			data[len(data)-1] = 1
		}
		f, err := NewEncoderFile(data, Scaling{Mean: []float32{1, 2, 3}, Std: []float32{4}})
		if err != nil {
			t.Fatal(err)
		}
		back, err := encoderFileOf(f.Tensors())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(back.data, data) || back.Hash() != f.Hash() {
			t.Errorf("%d bytes more: the file changed", extra)
		}
	}
	f, err := NewEncoderFile(data, Scaling{})
	if err != nil {
		t.Fatal(err)
	}
	scaled, err := NewEncoderFile(data, Scaling{Mean: []float32{1}, Std: []float32{4}})
	if err != nil || scaled.Hash() == f.Hash() {
		t.Errorf("error %v, and other numbers must give another name", err)
	}
	for name, change := range map[string]func(ts []tensor.Tensor) []tensor.Tensor{
		"empty":      func([]tensor.Tensor) []tensor.Tensor { return nil },
		"no length":  func(ts []tensor.Tensor) []tensor.Tensor { return ts[:1] },
		"short":      func(ts []tensor.Tensor) []tensor.Tensor { ts[0].Data = ts[0].Data[:20]; return ts },
		"wrong byte": func(ts []tensor.Tensor) []tensor.Tensor { ts[0].Data[0] = 0xffffff; return ts },
	} {
		if _, err := encoderFileOf(change(f.Tensors())); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// How pixels become the input, by type and by who says it.
func TestEncoderFileInput(t *testing.T) {
	picture := rgb.New(32, 32)
	copy(picture.Pix, []byte{0, 128, 255})
	for _, test := range []struct {
		name      string
		typ       verify.Type
		mean, std []float32
		meta      bool // the file's metadata give mean 127.5 and std 127.5
		want      []float32
		says      string // an error
	}{
		{name: "uint8", typ: verify.Uint8, want: []float32{0, 128, 255}},
		{name: "uint8 with metadata", typ: verify.Uint8, meta: true, want: []float32{0, 128, 255}},
		{name: "int8", typ: verify.Int8, want: []float32{-128, 0, 127}},
		{name: "int8 with numbers", typ: verify.Int8, mean: []float32{0}, std: []float32{500}, want: []float32{-128, -63, 2}}, // scale 1/255
		{name: "float", typ: verify.Float32, says: "encoder.mean"},
		{name: "float with metadata", typ: verify.Float32, meta: true, want: []float32{-1, .5 / 127.5, 1}},
		{name: "float, metadata and numbers", typ: verify.Float32, meta: true, mean: []float32{0, 28, 5}, std: []float32{1, 10, 2}, want: []float32{0, 10, 125}},
		{name: "two numbers", typ: verify.Float32, mean: []float32{0, 28}, std: []float32{1}, says: "encoder.std"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := verifytest.Encoder(32, verifytest.Type(test.typ))
			if test.meta {
				g.Metadata = map[string][]byte{"TFLITE_METADATA": verifytest.Normalization([]float32{127.5}, []float32{127.5})}
			}
			f, err := NewEncoderFile(g.Bytes(), Scaling{Mean: test.mean, Std: test.std})
			if test.says != "" {
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("error %v, want one that says %q", err, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			input := f.input(picture)
			for i, want := range test.want {
				got := float32(input[i])
				switch test.typ {
				case verify.Int8:
					got = float32(int8(input[i]))
				case verify.Float32:
					got = floats(input)[i]
				}
				if math.Abs(float64(got-want)) > 1e-6 {
					t.Errorf("channel %d: %v, want %v", i, got, want)
				}
			}
		})
	}
}

// A file that the library cannot load ends the child, and the error names the file.
func TestTryFileRefuses(t *testing.T) {
	f, err := NewEncoderFile(verifytest.Encoder(32, verifytest.Type(verify.Float32)).Bytes(), Scaling{Mean: []float32{0}, Std: []float32{255}})
	if err != nil {
		t.Fatal(err)
	}
	missing := &Opener{Library: filepath.Join(t.TempDir(), "libLiteRt.so")}
	if err := missing.TryFile(t.Context(), f, "my.tflite"); !errors.Is(err, litert.ErrMissing) || !strings.Contains(err.Error(), "my.tflite needs LiteRT") {
		t.Errorf("error %v", err)
	}
	requireLiteRT(t)
	if err := (&Opener{}).TryFile(t.Context(), f, "my.tflite"); err != nil {
		t.Error(err)
	}
	crash := *f
	crash.data = crashing(t)
	if err := (&Opener{}).TryFile(t.Context(), &crash, "my.tflite"); err == nil || !strings.Contains(err.Error(), "LiteRT crashed while loading my.tflite") {
		t.Errorf("error %v, want one that says that the library crashed", err)
	}
	if _, err := os.Stat("core"); err == nil {
		t.Error("the child left a core file")
	}
}

// crashing is a file that passes no check and crashes LiteRT 2.3.0: its depthwise
// convolution has no bias.
func crashing(t *testing.T) []byte {
	t.Helper()
	data := verifytest.WithoutBias().Bytes()
	if _, err := verify.Check(data, verify.Limits{}); err == nil {
		t.Fatal("the file passes")
	}
	return data
}
