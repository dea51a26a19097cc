package daemon

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// benchFrames is how many frames the store has while queries are timed.
const benchFrames = 10_000

// BenchmarkQuery measures how long a query over the socket takes: with a picture, and
// with the number of a frame. It does so while the learner rests, and while it trains
// on all cores. It does all that for the pretrained encoder, and for a join of it with
// an adapted one.
func BenchmarkQuery(b *testing.B) {
	if _, err := os.Stat(knownWeights); err != nil {
		b.Skip("needs the pretrained weights: make deps")
	}
	for _, blend := range []string{config.BlendNone, config.BlendJoin} {
		b.Run(blend, func(b *testing.B) { benchmarkQuery(b, blend) })
	}
}

func benchmarkQuery(b *testing.B, blend string) {
	s := benchService(b, blend)
	api := client.New(s.config().Data)
	defer api.Close()
	m, _ := synthetic.New(synthetic.Options{Seed: 8}).Render(0)
	picture, err := m.JPEG(90)
	if err != nil {
		b.Fatal(err)
	}
	queries := []struct {
		name string
		ask  func() error
	}{
		{"picture", func() error { _, err := api.QueryImage(b.Context(), picture, 5, ""); return err }},
		{"frame", func() error { _, err := api.QueryFrame(b.Context(), "17", 5, ""); return err }},
	}
	run := func(when string) {
		for _, q := range queries {
			b.Run(q.name+"/"+when, func(b *testing.B) {
				var took []time.Duration
				for b.Loop() {
					begin := time.Now()
					if err := q.ask(); err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(begin))
				}
				slices.Sort(took)
				ms := func(share float64) float64 { return took[int(share*float64(len(took)-1))].Seconds() * 1000 }
				b.ReportMetric(ms(.5), "p50-ms")
				b.ReportMetric(ms(.99), "p99-ms")
			})
		}
	}
	run("resting")
	s.Learn()
	for s.learner.Status().Step < 3 {
		time.Sleep(100 * time.Millisecond)
	}
	run("learning")
	if st := s.learner.Status(); st.State != client.LearnActive {
		b.Errorf("the learner is %s", st.State)
	}
}

// benchService opens a service with benchFrames frames that have random vectors. Its
// learner trains with the default configuration on pictures of a rendered scene, in a
// round that does not end. With a blend, a checkpoint with that blend serves.
func benchService(b *testing.B, blend string) *Service {
	cfg := config.Default()
	cfg.Data = filepath.Join(b.TempDir(), "store")
	cfg.Model.Weights = knownWeights
	cfg.Learn.Steps, cfg.Learn.MinFrames = 1_000_000, 64
	cfg.Store.MinFree, cfg.Serve.Blend = 0, blend
	s, err := Open(b.Context(), Options{Config: cfg, Command: "daemon benchmark"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	if blend != config.BlendNone {
		cp := adaptBy(b, s, "c1", blend, 0)
		if _, err := s.versions.Promote(b.Context(), string(cp.ID), "benchmark", nil); err != nil {
			b.Fatal(err)
		}
	}
	v := s.versions.Current()
	defer v.Done()
	draw := rand.New(rand.NewPCG(1, 2))
	scene := synthetic.New(synthetic.Options{Seed: 7})
	for first := 0; first < benchFrames; first += 500 {
		var frames []storage.NewFrame
		for i := range 500 {
			f := storage.NewFrame{Frame: storage.Frame{Source: "synthetic:conveyor", Path: fmt.Sprint(first + i), Time: time.Unix(int64(1e9+10*(first+i)), 0), Kept: storage.KeptNone}}
			for _, e := range v.Encoder.Encoders() {
				vector := make([]float32, e.Dim)
				for j := range vector {
					vector[j] = float32(draw.NormFloat64())
				}
				normalize(vector)
				f.Vectors = append(f.Vectors, vector)
			}
			if first+i < 256 {
				m, _ := scene.Render(first + i)
				jpeg, err := m.JPEG(90)
				if err != nil {
					b.Fatal(err)
				}
				f.Replay = &storage.ReplayPicture{JPEG: jpeg}
			}
			frames = append(frames, f)
		}
		if _, err := s.store.AddFrames(b.Context(), v.Encoder.Encoders(), frames); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil { // the corpus finds the frames when the service opens again
		b.Fatal(err)
	}
	if s, err = Open(b.Context(), Options{Config: cfg, Command: "daemon benchmark"}); err != nil {
		b.Fatal(err)
	}
	if err := s.Serve(); err != nil {
		b.Fatal(err)
	}
	return s
}

func normalize(v []float32) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
}
