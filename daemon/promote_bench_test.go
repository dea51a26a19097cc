package daemon

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/internal/process"
	"edgeclr/storage"
)

// BenchmarkPromotion measures what the promotion of a join costs once it is opened: the
// time of a frame and the processor's, and the bytes that the disk gets. "one half" is a store that has the root's vectors. "both
// halves" is one that lacks them, as everything was computed before vectors were kept by
// encoder. At 32 px there are benchFrames frames, to see the bytes of a large store.
func BenchmarkPromotion(b *testing.B) {
	if _, err := os.Stat(knownWeights); err != nil {
		b.Skip("needs the pretrained weights: make deps")
	}
	for _, bb := range []struct{ size, frames int }{{32, benchFrames}, {96, 640}, {160, 640}, {224, 640}} {
		for _, rooted := range []bool{true, false} {
			name := fmt.Sprintf("%dpx/%d frames/one half", bb.size, bb.frames)
			if !rooted {
				name = fmt.Sprintf("%dpx/%d frames/both halves", bb.size, bb.frames)
			}
			b.Run(name, func(b *testing.B) {
				var written uint64
				var took, used time.Duration
				frames := 0
				for b.Loop() {
					b.StopTimer()
					s := storeOfScenes(b, bb.size, bb.frames, rooted)
					cp := adaptBy(b, s, "c1", config.BlendJoin, 0.05)
					before := s.store.BytesWritten()
					var begun, ended time.Time
					var begunUsed, endedUsed time.Duration
					first, last := 0, 0
					b.StartTimer()
					_, err := s.versions.Promote(b.Context(), string(cp.ID), "benchmark", func(done, _ int) {
						ended, endedUsed, last = time.Now(), process.CPUTime(), done
						if first == 0 {
							begun, begunUsed, first = ended, endedUsed, done
						}
					})
					if err != nil {
						b.Fatal(err)
					}
					b.StopTimer()
					written += s.store.BytesWritten() - before
					took, used, frames = took+ended.Sub(begun), used+endedUsed-begunUsed, frames+last-first
					if err := s.Close(); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
				b.ReportMetric(took.Seconds()*1000/float64(frames), "ms/frame")
				b.ReportMetric(used.Seconds()*1000/float64(frames), "cpu-ms/frame")
				b.ReportMetric(float64(written)/float64(b.N*bb.frames)/1000, "kB/frame")
			})
		}
	}
}

// storeOfScenes opens a service with n frames: thumbnails of 256 px of a rendered scene,
// with random vectors of the root or none.
func storeOfScenes(b *testing.B, size, n int, rooted bool) *Service {
	b.Helper()
	cfg := config.Default()
	cfg.Data = filepath.Join(b.TempDir(), "store")
	cfg.Model.Weights, cfg.Serve.Size, cfg.Store.MinFree = knownWeights, size, 0
	s, err := Open(b.Context(), Options{Config: cfg, Command: "daemon benchmark"})
	if err != nil {
		b.Fatal(err)
	}
	var jpegs [][]byte
	scene := synthetic.New(synthetic.Options{Seed: 7})
	for i := range 64 {
		m, _ := scene.Render(i)
		jpeg, err := m.Shrink(256).JPEG(90)
		if err != nil {
			b.Fatal(err)
		}
		jpegs = append(jpegs, jpeg)
	}
	draw := rand.New(rand.NewPCG(1, 2))
	root := servingRoot(b, s)
	for first := 0; first < n; first += 16 {
		frames := make([]storage.NewFrame, min(16, n-first))
		for i := range frames {
			frames[i] = storage.NewFrame{Frame: storage.Frame{Source: "synthetic:conveyor", Path: fmt.Sprint(first + i),
				Time: time.Unix(int64(1e9+10*(first+i)), 0), Kept: storage.KeptThumbnail}, Data: jpegs[(first+i)%len(jpegs)]}
			if rooted {
				vector := make([]float32, root[0].Dim)
				for j := range vector {
					vector[j] = float32(draw.NormFloat64())
				}
				normalize(vector)
				frames[i].Vectors = [][]float32{vector}
			}
		}
		if _, err := s.store.AddFrames(b.Context(), root, frames); err != nil {
			b.Fatal(errors.Join(err, s.Close()))
		}
	}
	return s
}

func servingRoot(b *testing.B, s *Service) []storage.Encoder {
	b.Helper()
	root, ok := s.versions.Root(b.Context())
	if !ok {
		b.Fatal("no root")
	}
	return []storage.Encoder{root}
}
