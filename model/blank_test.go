package model

import (
	"math"
	"slices"
	"testing"
)

func TestMarkBlank(t *testing.T) {
	kept := []float32{0, 0.6, 0, 0.8}
	markBlank(kept)
	if !slices.Equal(kept, []float32{0, 0.6, 0, 0.8}) {
		t.Errorf("a vector that has a direction became %v", kept)
	}
	blank := make([]float32, 1280)
	markBlank(blank)
	var length, cosine float64
	for i, v := range blank {
		length += float64(v) * float64(v)
		cosine += float64(v) * float64(kept[i%4])
	}
	if math.Abs(length-1) > 1e-6 || cosine >= 0 {
		t.Errorf("squared length %v and a sum of products with others of %v, want 1 and below 0", length, cosine)
	}
	markBlank(nil)
}
