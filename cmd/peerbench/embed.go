package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// embedThreads is the number of threads of every program that embeds.
const embedThreads = 2

// embedPeer is the Python program that times PyTorch.
//
//go:embed embed_peer.py
var embedPeer string

// network is what is timed: an architecture at a size.
type network struct {
	arch, name string
	size       int
}

// networks returns what the rows of the table compare.
func networks() []network {
	return []network{
		{"efficientnet_lite0", "EfficientNet-Lite0", 96}, {"efficientnet_lite0", "EfficientNet-Lite0", 224},
		{"resnet18", "ResNet-18", 96}, {"resnet18", "ResNet-18", 224},
	}
}

// timing is one measurement that a program reports.
type timing struct {
	Arch      string  `json:"arch"`
	Size      int     `json:"size"`
	Batch     int     `json:"batch"`     // edgeclr
	Runtime   string  `json:"runtime"`   // edgeclr
	Precision string  `json:"precision"` // edgeclr
	Layout    string  `json:"layout"`    // PyTorch
	MS        float64 `json:"ms"`
}

// way is how a network is run: a runtime with a precision, or PyTorch with a memory layout.
type way string

// The ways that make a row of their own, in the order of the rows.
const (
	litertFloat way = "litert float"
	litertInt8  way = "litert int8"
	tensorFlow  way = "tensorflow float"
)

// timings has the milliseconds of each turn.
type timings map[network]map[way][]float64

func (t timings) add(results []timing, wayOf func(timing) way) {
	for _, n := range networks() {
		for _, r := range results {
			if r.Arch != n.arch || r.Size != n.size || r.Batch > 1 {
				continue
			}
			if t[n] == nil {
				t[n] = map[way][]float64{}
			}
			t[n][wayOf(r)] = append(t[n][wayOf(r)], r.MS)
		}
	}
}

// embed compares the time for one picture: LiteRT and TensorFlow with PyTorch. The
// programs run in turn. PyTorch counts with its better memory layout for each network.
func (b *bench) embed(ctx context.Context) ([]row, error) {
	ours, peers := timings{}, timings{}
	for range b.runs {
		if b.python != "" {
			results, err := b.embedPyTorch(ctx)
			if err != nil {
				return nil, err
			}
			peers.add(results, func(r timing) way { return way(r.Layout) })
		}
		results, err := b.embedEdgeCLR(ctx)
		if err != nil {
			return nil, err
		}
		ours.add(results, func(r timing) way { return way(r.Runtime + " " + r.Precision) })
	}
	var rows []row
	for _, n := range networks() {
		layout, peer := fastest(peers[n])
		for _, w := range []way{litertFloat, litertInt8, tensorFlow} {
			r := row{what: fmt.Sprintf("embed one picture, %s, %d px, %s", n.name, n.size, w), unit: "ms", ours: ours[n][w], peers: peer}
			if len(r.ours) == 0 {
				return nil, fmt.Errorf("edgeclr bench embed reported nothing for %s at %d px by %s", n.arch, n.size, w)
			}
			if w != tensorFlow {
				r.goal = "<= 0.6x"
			}
			if layout != "" {
				r.note = "PyTorch " + string(layout)
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// fastest returns the way with the lowest median, and its times.
func fastest(ways map[way][]float64) (way, []float64) {
	var best way
	for w, times := range ways {
		if best == "" || median(times) < median(ways[best]) {
			best = w
		}
	}
	return best, ways[best]
}

func (b *bench) embedPyTorch(ctx context.Context) ([]timing, error) {
	cmd := exec.CommandContext(ctx, b.python, append([]string{"-", strconv.Itoa(embedThreads)}, sizes()...)...)
	cmd.Stdin = strings.NewReader(embedPeer)
	return embedTimes(cmd)
}

func (b *bench) embedEdgeCLR(ctx context.Context) ([]timing, error) {
	return embedTimes(exec.CommandContext(ctx, b.program, "bench", "embed", "--batch", "1", "--threads", strconv.Itoa(embedThreads), "--json", "--quiet"))
}

// sizes returns the sizes of networks, each once.
func sizes() []string {
	var list []string
	for _, n := range networks() {
		if s := strconv.Itoa(n.size); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// embedTimes runs a program and reads the results from the JSON object that ends its output.
func embedTimes(cmd *exec.Cmd) ([]timing, error) {
	line, err := lastLine(cmd)
	if err != nil {
		return nil, err
	}
	var report struct {
		Results []timing `json:"results"`
		Skipped []struct {
			timing
			Reason string `json:"reason"`
		} `json:"skipped"` // edgeclr
	}
	if err := json.Unmarshal(line, &report); err != nil {
		return nil, fmt.Errorf("%s printed %q: %w", strings.Join(cmd.Args, " "), line, err)
	}
	for _, s := range report.Skipped {
		return nil, fmt.Errorf("%s left out %s at %d px by %s %s: %s", strings.Join(cmd.Args, " "), s.Arch, s.Size, s.Runtime, s.Precision, s.Reason)
	}
	return report.Results, nil
}
