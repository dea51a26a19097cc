package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
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
	works   []string // names of works
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

// work is a part of the comparison.
type work struct {
	name    string
	measure func(*bench, context.Context) ([]row, error)
	trains  bool // needs pictures
}

// works returns all parts, in the order in which they run.
func works() []work {
	return []work{
		{"training", (*bench).training, true},
		{"search", (*bench).search, false},
		{"start", (*bench).start, true},
		{"embed", (*bench).embed, false},
	}
}

// chosen returns the parts that b.works names, or all.
func (b *bench) chosen() ([]work, error) {
	if len(b.works) == 0 {
		return works(), nil
	}
	var list []work
	for _, name := range b.works {
		i := slices.IndexFunc(works(), func(w work) bool { return w.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no work %q; there are training, search, start and embed", name)
		}
		list = append(list, works()[i])
	}
	return list, nil
}

// run prints the machine, then the table.
func (b *bench) run(ctx context.Context, w io.Writer) error {
	list, err := b.chosen()
	if err != nil {
		return err
	}
	data := filepath.Join(b.shared, "data", "clothing")
	if _, err := os.Stat(data); err != nil && slices.ContainsFunc(list, func(w work) bool { return w.trains }) {
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
	for _, part := range list {
		rows, err := part.measure(b, ctx)
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

// lastLine runs a program and returns the last line of its output: a JSON object.
func lastLine(cmd *exec.Cmd) ([]byte, error) {
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, complaint.String())
	}
	out = bytes.TrimSpace(out)
	return out[bytes.LastIndexByte(out, '\n')+1:], nil
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
