package synthetic

import (
	"syscall"
	"testing"
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
			before, n := spent(b), 0
			for b.Loop() {
				f.Frame(18 * n)
				n++
			}
			b.ReportMetric((spent(b)-before)/float64(n)*1000, "cpu-ms/op")
		})
	}
}

// spent is the processor time of this process, in seconds.
func spent(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
