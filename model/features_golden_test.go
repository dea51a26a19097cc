package model

import (
	"fmt"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/model/arch"
)

// Features and 1,000-class scores equal PyTorch's. model_features.py computed them in
// float64. The pictures have the encoder's size, so nothing is resized.
func TestFeaturesGolden(t *testing.T) {
	t.Parallel()
	for _, name := range arch.Names() {
		a := architecture(t, name)
		for _, size := range []int{64, 96, 224} {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				set := encoderWeights(t, a)
				want := goldenFile(t, "model_features_"+name+".safetensors")
				encoder := newTestEncoder(t, a, size)
				var pictures []*rgb.Image
				for n := range 8 {
					pictures = append(pictures, &rgb.Image{Width: size, Height: size, Pix: picture(n, 0, size)})
				}
				features, err := encoder.Features(t.Context(), pictures)
				if err != nil {
					t.Fatal(err)
				}
				weight, bias := find(t, set, a.Classifier+".weight").Data, find(t, set, a.Classifier+".bias").Data
				wantFeatures := find(t, want, fmt.Sprintf("features/%d", size)).Data
				wantScores := find(t, want, fmt.Sprintf("scores/%d", size)).Data
				var worstFeature, worstScore float64
				for n, row := range features {
					worstFeature = max(worstFeature, relativeError(row, wantFeatures[n*a.Features:(n+1)*a.Features]))
					worstScore = max(worstScore, relativeError(denseLayer(row, weight, bias), wantScores[n*a.Classes:(n+1)*a.Classes]))
				}
				t.Logf("features are off by %.1e, scores by %.1e", worstFeature, worstScore)
				if !(worstFeature < 1e-4) || !(worstScore < 1e-4) {
					t.Errorf("features are off by %.1e, scores by %.1e of the largest", worstFeature, worstScore)
				}
			})
		}
	}
}

// denseLayer computes weight * features + bias in float64. weight is [outputs,inputs].
func denseLayer(features, weight, bias []float32) []float32 {
	scores := make([]float32, len(bias))
	for class := range scores {
		sum := float64(bias[class])
		for i, f := range features {
			sum += float64(f) * float64(weight[class*len(features)+i])
		}
		scores[class] = float32(sum)
	}
	return scores
}
