package blend

import (
	"context"
	"sync"
	"testing"
	"time"

	"edgeclr/config"
	"edgeclr/model"
)

// BenchmarkQueryBesideIngest measures the time of one picture while another goroutine
// embeds batches of 16, as the ingest does, and how many pictures a second that goroutine
// embeds. It compares one network with all threads, which the two share, with a network
// of one thread for each.
func BenchmarkQueryBesideIngest(b *testing.B) {
	needLiteRT(b)
	for _, tt := range []struct {
		name, runtime string
		threads       int
		shared        bool
	}{
		{"tensorflow", config.RuntimeTensorFlow, 2, true},
		{"litert shared", config.RuntimeLiteRT, 2, true},
		{"litert apart", config.RuntimeLiteRT, 1, false},
	} {
		b.Run(tt.name, func(b *testing.B) {
			o := &Opener{Device: model.Runtime{Threads: tt.threads}}
			id := Identity{Arch: "efficientnet_lite0", Size: 96, Runtime: tt.runtime}
			query := openAs(b, o, id, random(b, id.Arch, 1))
			ingest := query
			if !tt.shared {
				ingest = openAs(b, o, id, random(b, id.Arch, 1))
			}
			batch := rendered(16)
			for i := range batch {
				batch[i] = batch[i].EvalSquare(id.Size)
			}
			ctx, stop := context.WithCancel(b.Context())
			var wait sync.WaitGroup
			embedded := 0
			wait.Go(func() {
				for ctx.Err() == nil {
					if rows, err := ingest.Embed(ctx, batch); err == nil {
						embedded += len(rows)
					}
				}
			})
			begin := time.Now()
			for b.Loop() {
				if _, err := query.Embed(b.Context(), batch[:1]); err != nil {
					b.Fatal(err)
				}
				time.Sleep(5 * time.Millisecond) // queries come now and then
			}
			took := time.Since(begin)
			stop()
			wait.Wait()
			b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N)-5, "ms/query")
			b.ReportMetric(float64(embedded)/took.Seconds(), "images/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}
