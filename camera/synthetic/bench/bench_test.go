package bench

import (
	"syscall"
	"testing"
)

// BenchmarkFrame also gives the processor time of a frame, which other programs disturb less.
func BenchmarkFrame(b *testing.B) {
	y := New(1, 640, 480)
	b.ResetTimer()
	before := spent()
	n := 0
	for b.Loop() {
		y.At(float64(n)*3.7, uint64(n), false)
		n++
	}
	b.ReportMetric((spent()-before)/float64(n)*1000, "cpu-ms/op")
}

func spent() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
