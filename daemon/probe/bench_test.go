package probe

import (
	"math/rand/v2"
	"testing"

	"edgeclr/camera/rgb"
)

// The probe set has the usual size, with vectors of the size of EfficientNet-Lite0.
func BenchmarkMeasure500x2x1280(b *testing.B) {
	images, views := world(rand.New(rand.NewPCG(1, 1)), 500, 2, 1280, 20, 0.3)
	for b.Loop() {
		if _, err := Measure(b.Context(), images, views, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDistance500x1280(b *testing.B) {
	images, others := world(rand.New(rand.NewPCG(1, 2)), 500, 1, 1280, 20, 0.3)
	for b.Loop() {
		if _, err := Distance(b.Context(), images, others); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEigenvalues500(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 3))
	a, scratch := make([]float64, 500*500), make([]float64, 500*500)
	for i := range a {
		a[i] = rng.NormFloat64()
	}
	for b.Loop() {
		copy(scratch, a)
		eigenvalues(scratch, 500)
	}
}

func BenchmarkOffer(b *testing.B) {
	s, err := NewSet(SetOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for id := uint64(1); b.Loop(); id++ {
		s.Offer(id)
	}
}

func BenchmarkViews2x96(b *testing.B) {
	m := rgb.New(640, 480)
	viewer := NewViewer(false)
	b.Run("Viewer", func(b *testing.B) {
		for id := uint64(0); b.Loop(); id++ {
			viewer.Views(m, 96, 1, id, 2)
		}
	})
	b.Run("MildViews", func(b *testing.B) {
		for id := uint64(0); b.Loop(); id++ {
			NewViewer(false).Views(m, 96, 1, id, 2)
		}
	})
}
