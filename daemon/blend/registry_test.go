package blend

import (
	"context"
	"slices"
	"strings"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// constant is the encoder of a second runtime: its whole file.
type constant struct{ size, dim int }

func openConstant(_ context.Context, _ *Opener, n network) (opened, error) {
	return opened{Encoder: constant{n.size, n.arch.Features}, report: Report{Runtime: "constant", Precision: n.precision, Accelerator: n.accelerator}}, nil
}

func (c constant) Embed(_ context.Context, pictures []*rgb.Image) ([][]float32, error) {
	rows := make([][]float32, len(pictures))
	for i := range rows {
		rows[i] = make([]float32, c.dim)
		rows[i][0] = 1
	}
	return rows, nil
}
func (c constant) Dim() int     { return c.dim }
func (c constant) Size() int    { return c.size }
func (c constant) Close() error { return nil }

// reversed is a second blend: its whole file.
func reversed(_ *arch.Architecture, from Halves) (weights.Set, error) { return from.Pretrained() }

// A second runtime and a second blend take one file and one line of their
// registry each. All blends work with the runtime, and all runtimes with the
// blend.
func TestASecondRuntimeAndBlend(t *testing.T) {
	r := builtin()
	r.runtimes = append(r.runtimes, runtime{"constant", openConstant})
	r.blends = append(r.blends, blend{"reversed", 1, reversed})

	a, err := arch.Get("resnet18")
	if err != nil {
		t.Fatal(err)
	}
	pretrainedAsked := 0
	from := Halves{
		Adapted:    func() (weights.Set, error) { return model.Random(a, 1), nil },
		Pretrained: func() (weights.Set, error) { pretrainedAsked++; return model.Random(a, 2), nil },
	}
	for _, tt := range []struct {
		blend string
		dim   int
		asked int
	}{
		{config.BlendNone, a.Features, 0}, {config.BlendAverage, a.Features, 1},
		{config.BlendJoin, 2 * a.Features, 1}, {"reversed", a.Features, 1},
	} {
		pretrainedAsked = 0
		id := Identity{Arch: a.Name, Size: 32, Blend: tt.blend, Runtime: "constant", Precision: config.PrecisionFloat, Accelerator: config.AcceleratorCPU}
		e, err := r.open(t.Context(), id, from, &Opener{})
		if err != nil {
			t.Fatal(err)
		}
		if tt.blend == config.BlendJoin {
			id.Share = storage.EvenShare
		}
		rows, err := e.Embed(t.Context(), samples())
		if err != nil || len(rows) != 3 || len(rows[0]) != tt.dim || e.Dim() != tt.dim || e.Size() != 32 {
			t.Errorf("%s: %d vectors, %d values, %v", tt.blend, len(rows), e.Dim(), err)
		}
		if e.Identity() != id || pretrainedAsked != tt.asked {
			t.Errorf("%s: %+v, the pretrained weights were read %d times", tt.blend, e.Identity(), pretrainedAsked)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	id := Identity{Arch: a.Name, Size: 32, Blend: "reversed"}
	e, err := r.open(t.Context(), id, from, &Opener{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if want := (Identity{Arch: a.Name, Size: 32, Blend: "reversed",
		Runtime: config.RuntimeTensorFlow, Precision: config.PrecisionFloat, Accelerator: config.AcceleratorCPU}); e.Identity() != want {
		t.Errorf("%+v, want %+v", e.Identity(), want)
	}
}

func TestUnknownIdentities(t *testing.T) {
	for _, tt := range []struct {
		id   Identity
		says string
	}{
		{Identity{Arch: "soup", Size: 32}, "soup"},
		{Identity{Arch: "resnet18", Size: 32, Blend: "soup"}, `"soup" is not a blend: give one of none, average, join`},
		{Identity{Arch: "resnet18", Size: 32, Runtime: "soup"}, `"soup" is not a runtime: give one of auto, litert, tensorflow`},
	} {
		if _, err := new(Opener).Open(t.Context(), tt.id, Halves{}); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%+v: %v does not say %q", tt.id, err, tt.says)
		}
	}
}

// The configuration takes every blend of the registry, auto, and no other.
func TestConfigurationKnowsTheBlends(t *testing.T) {
	var names []string
	for _, b := range blends() {
		names = append(names, b.name)
	}
	names = append(names, config.BlendAuto)
	for _, name := range append(names, "soup") {
		cfg := config.Default()
		cfg.Serve.Blend = name
		if err := cfg.Validate(); (err == nil) != slices.Contains(names, name) {
			t.Errorf("serve.blend: %s: %v", name, err)
		}
	}
}

// The configuration takes every runtime of the registry, auto, and no other.
func TestConfigurationKnowsTheRuntimes(t *testing.T) {
	names := []string{config.RuntimeAuto}
	for _, r := range runtimes() {
		names = append(names, r.name)
	}
	for _, name := range append(names, "soup") {
		cfg := config.Default()
		cfg.Model.Runtime = name
		if err := cfg.Validate(); (err == nil) != slices.Contains(names, name) {
			t.Errorf("model.runtime: %s: %v", name, err)
		}
	}
}

// What auto tries goes from the wish to what always works.
func TestAttempts(t *testing.T) {
	for _, tt := range []struct {
		id   Identity
		want []string
	}{
		{Identity{Runtime: "litert", Precision: "int8", Accelerator: "gpu"}, []string{"LiteRT (int8, gpu)"}},
		{Identity{Precision: "float", Accelerator: "cpu"}, []string{"TensorFlow (float, cpu)"}},
		{Identity{Runtime: "auto", Precision: "float", Accelerator: "cpu"}, []string{"LiteRT (float, cpu)", "TensorFlow (float, cpu)"}},
		{Identity{Runtime: "auto", Precision: "float", Accelerator: "npu"},
			[]string{"LiteRT (float, npu)", "LiteRT (float, cpu)", "TensorFlow (float, cpu)"}},
		{Identity{Runtime: "auto", Precision: "int8", Accelerator: "gpu"},
			[]string{"LiteRT (int8, gpu)", "LiteRT (int8, cpu)", "LiteRT (float, cpu)", "TensorFlow (float, cpu)"}},
	} {
		attempts, err := builtin().attempts(tt.id)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range attempts {
			got = append(got, a.String())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %q, want %q", tt.id, got, tt.want)
		}
	}
}
