package augment

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"edgeclr/camera/rgb"
)

// photo is the scene, enlarged to the size of the shared data's photographs.
func photo(tb testing.TB) *rgb.Image {
	return readPicture(tb, "scene.png").Resize(400, 533)
}

func BenchmarkView(b *testing.B) {
	src, c := photo(b), Default()
	for _, size := range []int{64, 96, 128, 224} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			a, dst := NewAugmenter(), make([]uint8, 3*size*size)
			rng := rand.New(rand.NewPCG(1, 2))
			b.ReportAllocs()
			for b.Loop() {
				a.Apply(dst, size, src, c.Draw(rng, src.Width, src.Height))
			}
		})
	}
}

func BenchmarkOperation(b *testing.B) {
	const size = 128
	a, dst := NewAugmenter(), make([]uint8, 3*size*size)
	view := photo(b).EvalSquare(size).Pix
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"flip", func() { flipRows(dst, size) }},
		{"brightness", func() { blend(dst, 0, 1.1) }},
		{"contrast", func() { blend(dst, meanLuma(dst), 1.1) }},
		{"saturation", func() { saturate(dst, 1.1) }},
		{"hue", func() { a.hue.shift(dst, 0.05) }},
		{"grayscale", func() { grayscale(dst) }},
		{"blur 3", func() { a.blur.apply(dst, size, 3, 1) }},
		{"blur 13", func() { a.blur.apply(dst, size, 13, 1) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				copy(dst, view)
				c.run()
			}
		})
	}
}

// BenchmarkLoader measures views a second with pictures already decoded.
func BenchmarkLoader(b *testing.B) {
	src := photo(b)
	for workers := 1; workers <= runtime.GOMAXPROCS(0); workers++ {
		b.Run(fmt.Sprintf("workers %d", workers), func(b *testing.B) {
			const n = 32
			l, err := NewLoader(context.Background(), LoaderOptions{
				Config: Default(), Size: 128, Batch: n, Workers: workers, Depth: 1,
				Choose: func(int) ([]Pick, error) { return make([]Pick, n), nil },
				Load:   func(context.Context, uint64) (*rgb.Image, error) { return src, nil },
			})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			for b.Loop() {
				batch, err := l.Next(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				l.Recycle(batch)
			}
			b.ReportMetric(float64(2*n*b.N)/b.Elapsed().Seconds(), "views/s")
		})
	}
}
