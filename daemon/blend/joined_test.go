package blend

import (
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// samples are pictures of the scene and a grey one, in which an encoder may
// find nothing.
func samples() []*rgb.Image {
	grey := rgb.New(40, 40)
	for i := range grey.Pix {
		grey.Pix[i] = 127
	}
	conveyor := synthetic.New(synthetic.Options{Seed: 7})
	first, _ := conveyor.Render(1)
	second, _ := conveyor.Render(2)
	return []*rgb.Image{first, second, grey}
}

// dot is the inner product of two vectors.
func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// A half that finds nothing in any picture gives all of them the same vector. The other
// half then decides.
func TestJoinWithABlankHalf(t *testing.T) {
	for _, runtime := range []string{config.RuntimeTensorFlow, config.RuntimeLiteRT} {
		t.Run(runtime, func(t *testing.T) { testJoinWithABlankHalf(t, runtime) })
	}
}

func testJoinWithABlankHalf(t *testing.T, runtime string) {
	if runtime == config.RuntimeLiteRT {
		needLiteRT(t)
	}
	a, err := arch.Get("efficientnet_lite0")
	if err != nil {
		t.Fatal(err)
	}
	e, err := new(Opener).Open(t.Context(), Identity{Arch: a.Name, Size: 32, Blend: config.BlendJoin, Runtime: runtime}, Halves{
		Adapted: func() (weights.Set, error) {
			set := model.Random(a, 1)
			for _, tensor := range set {
				clear(tensor.Data) // sees nothing in any picture
			}
			return set, nil
		},
		Pretrained: func() (weights.Set, error) { return model.Random(a, 2), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	got, err := e.Embed(t.Context(), samples())
	if err != nil {
		t.Fatal(err)
	}
	half := a.Features
	first := dot(got[0][:half], got[1][:half]) // of length 1/sqrt(2) each: half the cosine
	if whole := dot(got[0], got[1]); math.Abs(whole-(first+0.5)) > 1e-5 || math.Abs(dot(got[2], got[2])-1) > 1e-5 {
		t.Errorf("cosine %v, want %v", whole, first+0.5)
	}
	for _, v := range got[0][half:] {
		if v >= 0 {
			t.Fatalf("the blank half holds %v", v)
		}
	}
}

// Joined vectors are those of the halves, scaled by the roots of their weights: computed at
// once, from the parts, and from the halves of one picture.
func TestJoinWithAShare(t *testing.T) {
	for share, want := range map[float64]float64{0: 0.5, 0.25: 0.25, 0.7: 0.7, 0.999: 0.999} {
		e := openAs(t, &Opener{}, Identity{Arch: "resnet18", Size: 32, Blend: config.BlendJoin, Share: share}, random(t, "resnet18", 5))
		if e.Share() != want || e.Identity().Share != want {
			t.Errorf("share %v becomes %v, %+v", share, e.Share(), e.Identity())
		}
		rows, err := e.Embed(t.Context(), samples())
		if err != nil {
			t.Fatal(err)
		}
		var parts [2][][]float32
		for i := range parts {
			if parts[i], err = e.EmbedPart(t.Context(), i, samples()); err != nil {
				t.Fatal(err)
			}
		}
		halves, err := e.EmbedHalves(t.Context(), samples())
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range JoinRows(parts[0], parts[1], share) {
			if !slices.Equal(row, rows[i]) || !slices.Equal(e.Join(halves[i]), rows[i]) {
				t.Errorf("share %v, picture %d: the ways to join differ", share, i)
			}
			if length := dot(row, row); math.Abs(length-1) > 1e-6 {
				t.Errorf("share %v, picture %d: squared length %v", share, i, length)
			}
		}
		cosines := (1-want)*dot(parts[0][0], parts[0][1]) + want*dot(parts[1][0], parts[1][1])
		if got := dot(rows[0], rows[1]); math.Abs(got-cosines) > 1e-6 {
			t.Errorf("share %v: cosine %v, want %v", share, got, cosines)
		}
	}
}

// A share that is none is refused, and a blend of one encoder has none.
func TestSharesThatAreNone(t *testing.T) {
	for _, share := range []float64{1, 1.5, -0.5, math.NaN(), math.Inf(1)} {
		_, err := new(Opener).Open(t.Context(), Identity{Arch: "resnet18", Size: 32, Blend: config.BlendJoin, Share: share}, random(t, "resnet18", 5))
		if err == nil || !strings.Contains(err.Error(), "a join has no share of") {
			t.Errorf("share %v: %v", share, err)
		}
	}
	e := openAs(t, &Opener{}, Identity{Arch: "resnet18", Size: 32, Share: 0.7}, random(t, "resnet18", 5))
	if e.Share() != 0 || e.Identity().Share != 0 {
		t.Errorf("one encoder has the share %v", e.Share())
	}
}

// What serve.blend and the judge's choice make of a checkpoint.
func TestChosenBlends(t *testing.T) {
	st := checkpoints{"c1": {ID: "c1", Kind: storage.CheckpointPretrained, Arch: "resnet18", Size: 32, LearnSize: 32}}
	for _, tt := range []struct {
		name  string
		share float64 // chosen by the judge
		blend string
		of    float64
		dim   int
	}{
		{config.BlendAuto, 0, config.BlendJoin, 0.5, 1024},
		{config.BlendAuto, 0.7, config.BlendJoin, 0.7, 1024},
		{config.BlendAuto, 1, config.BlendNone, 0, 512},
		{config.BlendJoin, 0, config.BlendJoin, 0.5, 1024},
		{config.BlendJoin, 0.7, config.BlendJoin, 0.5, 1024},
		{config.BlendJoin, 1, config.BlendJoin, 0.5, 1024},
		{config.BlendAverage, 0.7, config.BlendAverage, 0, 512},
		{config.BlendNone, 0.7, config.BlendNone, 0, 512},
	} {
		cp, err := Child(st, st["c1"], tt.name, tt.share, slog.New(slog.DiscardHandler))
		if err != nil || cp.Blend != tt.blend || cp.Share != tt.of || cp.Dim != tt.dim || ShareOf(cp) != tt.of {
			t.Errorf("%s, share %v: %+v, %v", tt.name, tt.share, cp, err)
		}
	}
	if _, err := Child(st, st["c1"], config.BlendAuto, -1, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a share of -1 makes a checkpoint")
	}
	old := storage.Checkpoint{Blend: config.BlendJoin}
	if IdentityOf(old).Share != storage.EvenShare {
		t.Errorf("a join of before shares is %+v", IdentityOf(old))
	}
}
