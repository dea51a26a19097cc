package synthetic

import (
	"testing"

	"edgeclr/internal/process"
)

// BenchmarkFixed also gives the processor time of a frame, which other programs disturb less.
// To look at frames: edgeclr bench camera synthetic:yard --minutes 0 --dump FOLDER.
func BenchmarkFixed(b *testing.B) {
	for _, name := range FixedNames() {
		b.Run(name, func(b *testing.B) {
			f, err := OpenFixed(name, Options{Seed: 1})
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			before, n := process.CPUTime(), 0
			for b.Loop() {
				f.Frame(18 * n)
				n++
			}
			b.ReportMetric((process.CPUTime()-before).Seconds()*1000/float64(n), "cpu-ms/op")
		})
	}
}
