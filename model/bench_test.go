package model

import (
	"fmt"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/model/arch"
)

// BenchmarkStep measures the computation of a full step in which all stages move:
// batch 32 at 128 px, from views that are ready. It leaves out the first steps, in
// which TensorFlow builds its kernels.
func BenchmarkStep(b *testing.B) {
	const size, pictures = 128, 32
	views := pairs(0, pictures, size)
	for _, name := range arch.Names() {
		for _, norm := range []string{"frozen", "trained"} {
			b.Run(fmt.Sprintf("%s/%s", name, norm), func(b *testing.B) {
				a := architecture(b, name)
				opt := tinyOptions()
				opt.Arch, opt.Size, opt.TrainBatchNorm = a, size, norm == "trained"
				trainer := newTestTrainer(b, State{Encoder: encoderWeights(b, a), Head: NewHeads(simCLR(), a.Features, 1)}, opt)
				step := func() {
					if _, err := trainer.Step(b.Context(), Batch{Views: views}, Rates{Encoder: 1e-4, Head: 1e-4}); err != nil {
						b.Fatal(err)
					}
				}
				for range 3 {
					step()
				}
				for b.Loop() {
					step()
				}
				b.ReportMetric(float64(2*pictures*b.N)/b.Elapsed().Seconds(), "views/s")
			})
		}
	}
}

// BenchmarkEmbed measures calls of one picture, as in a query, and of 32. Resizing
// from 400x400 is included.
func BenchmarkEmbed(b *testing.B) {
	scene := &rgb.Image{Width: 400, Height: 400, Pix: picture(1, 0, 400)}
	for _, name := range arch.Names() {
		for _, n := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				encoder := newTestEncoder(b, architecture(b, name), 96)
				pictures := make([]*rgb.Image, n)
				for i := range pictures {
					pictures[i] = scene
				}
				embed := func() {
					if _, err := encoder.Embed(b.Context(), pictures); err != nil {
						b.Fatal(err)
					}
				}
				embed()
				for b.Loop() {
					embed()
				}
				b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "images/s")
			})
		}
	}
}

func BenchmarkDecodeJPEG(b *testing.B) {
	d, data := openJPEGDecoder(b), testJPEG(b, 1280)
	for _, ratio := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprintf("1280x960 at 1 of %d", ratio), func(b *testing.B) {
			for b.Loop() {
				if _, err := d.DecodeJPEG(data, ratio); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
