package blend

import (
	"math"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
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
