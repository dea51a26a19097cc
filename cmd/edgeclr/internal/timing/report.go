package timing

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// Report is the result of a Bench.
type Report struct {
	Benchmark string            `json:"benchmark"` // "embed"
	Threads   int               `json:"threads"`   // of one picture; 0: all cores
	Rounds    int               `json:"rounds"`
	Weights   map[string]string `json:"weights"` // by architecture: the file, or "random"
	Results   []Result          `json:"results"`
	Skipped   []Skipped         `json:"skipped"`
}

// Result is the time of one case at one batch.
type Result struct {
	Case
	Accelerator  string  `json:"accelerator"`
	Batch        int     `json:"batch"` // pictures of a call
	MS           float64 `json:"ms"`    // of a call: the median over the rounds
	PicturesPerS float64 `json:"pictures_per_s"`
}

// Skipped is a case that could not be timed.
type Skipped struct {
	Case
	Reason string `json:"reason"`
}

func newResult(r *runner, batch int) Result {
	ms := float64(median(r.times[batch])) / float64(time.Millisecond)
	return Result{Case: r.c, Accelerator: r.accelerator, Batch: batch, MS: round(ms, 3), PicturesPerS: round(1000*float64(batch)/ms, 1)}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	n := len(times)
	if n == 0 {
		return 0
	}
	return (times[(n-1)/2] + times[n/2]) / 2
}

func round(value float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(value*scale) / scale
}

// Print writes the report as a table.
func (r Report) Print(w io.Writer) {
	threads := fmt.Sprintf("%d threads", r.Threads)
	if r.Threads == 0 {
		threads = "all cores"
	}
	fmt.Fprintf(w, "time of a call, median of %d rounds, %s\n\n", r.Rounds, threads)
	fmt.Fprintf(w, "%-20s %4s  %-10s  %-9s  %-3s  %5s %9s %11s\n", "encoder", "px", "runtime", "precision", "on", "batch", "ms", "pictures/s")
	for _, s := range r.Results {
		fmt.Fprintf(w, "%-20s %4d  %-10s  %-9s  %-3s  %5d %9.2f %11.1f\n", s.Arch, s.Size, s.Runtime, s.Precision, s.Accelerator, s.Batch, s.MS, s.PicturesPerS)
	}
	for i, s := range r.Skipped {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "left out: %v: %s\n", s.Case, s.Reason)
	}
}
