package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"edgeclr/model"
)

// bench is one comparison.
type bench struct {
	python  string
	shared  string
	program string
	runs    int

	peak float64 // speed of the machine's matrix product, GFLOP/s
}

// row is a line of the table.
type row struct {
	what        string
	ours, peers []float64
	unit        string
	goal        string // for the ratio ours/peers, or for ours
	note        string
}

// run prints the machine, then the table.
func (b *bench) run(ctx context.Context, w io.Writer) error {
	data := filepath.Join(b.shared, "data", "clothing")
	if _, err := os.Stat(data); err != nil {
		return fmt.Errorf("no pictures to train on: %w", err)
	}
	peak, err := matrixPeak()
	if err != nil {
		return err
	}
	b.peak = peak
	fmt.Fprintf(w, "machine: %s, %d cores; matrix product of 3072 cubed: %.0f GFLOP/s; %d runs each, medians\n\n",
		processor(), runtime.NumCPU(), peak, b.runs)
	fmt.Fprintln(w, "| work | edgeclr | peer | ratio | goal | |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|")
	for _, measure := range []func(context.Context) ([]row, error){b.training, b.search, b.start} {
		rows, err := measure(ctx)
		if err != nil {
			return err
		}
		for _, r := range rows {
			fmt.Fprintln(w, r)
		}
	}
	return nil
}

func (r row) String() string {
	ours := fmt.Sprintf("%.3g %s", median(r.ours), r.unit)
	if len(r.peers) == 0 {
		return fmt.Sprintf("| %s | %s | - | - | %s | %s |", r.what, ours, r.goal, r.note)
	}
	return fmt.Sprintf("| %s | %s | %.3g %s | %.2fx | %s | %s |", r.what, ours, median(r.peers), r.unit,
		median(r.ours)/median(r.peers), r.goal, r.note)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// processor returns the name of the processor model.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// matrixPeak returns the speed of TensorFlow on all cores in GFLOP/s: the fastest of
// several products of two float matrices of 3072 by 3072.
func matrixPeak() (float64, error) {
	const side, tries = 3072, 6
	multiply, err := model.NewMatrixProduct(side, model.Runtime{})
	if err != nil {
		return 0, err
	}
	defer multiply.Close()
	best := 0.0
	for range tries {
		begin := time.Now()
		if err := multiply.Run(); err != nil {
			return 0, err
		}
		best = max(best, 2*float64(side)*side*side/time.Since(begin).Seconds()/1e9)
	}
	return best, nil
}
