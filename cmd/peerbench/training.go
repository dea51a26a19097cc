package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"edgeclr/model/arch"
)

const (
	benchSize  = 128 // side of a view, in pixels
	benchBatch = 32  // pairs a step
)

// settings returns the peer's settings to try. Each was the fastest on some machine. Only
// the fastest on this machine is compared.
func settings() [][]string {
	return [][]string{
		{},
		{"--channels-last"},
		{"--frozen-bn"},
		{"--channels-last", "--frozen-bn"},
	}
}

// training compares SimCLR end to end from JPEG files, with full steps of all stages.
func (b *bench) training(ctx context.Context) ([]row, error) {
	var rows []row
	for _, work := range []struct{ name, arch, peer, goal string }{
		{"train ResNet-18", "resnet18", "resnet18", ">= 1.15x"},
		{"train EfficientNet-Lite0", "efficientnet_lite0", "efficientnet_lite0", ">= 2x"},
		{"the same against MobileNetV2", "efficientnet_lite0", "mobilenet_v2", ">= 1.6x"},
	} {
		speed := row{what: work.name + ", views/s", unit: "views/s", goal: work.goal}
		memory := row{what: "its peak memory", unit: "MB", goal: "<= 0.6x"}
		best, err := b.bestSetting(ctx, work.peer)
		if err != nil {
			return nil, err
		}
		for range b.runs {
			ours, err := b.train(ctx, work.arch)
			if err != nil {
				return nil, err
			}
			speed.ours, memory.ours = append(speed.ours, ours.ViewsPerS), append(memory.ours, ours.PeakRSSMB)
			if b.python == "" {
				continue
			}
			peer, err := b.peer(ctx, work.peer, best)
			if err != nil {
				return nil, err
			}
			speed.peers, memory.peers = append(speed.peers, peer.ViewsPerS), append(memory.peers, peer.PeakMB)
		}
		share, err := b.share(work.arch, median(speed.ours))
		if err != nil {
			return nil, err
		}
		speed.note = fmt.Sprintf("%.0f %% of the matrix peak", 100*share)
		if len(best) > 0 {
			speed.note += "; peer " + strings.Join(best, " ")
		}
		rows = append(rows, speed, memory)
	}
	return rows, nil
}

// bestSetting runs each of the peer's settings once and returns the fastest.
func (b *bench) bestSetting(ctx context.Context, name string) ([]string, error) {
	if b.python == "" {
		return nil, nil
	}
	var best []string
	fastest := 0.0
	for _, s := range settings() {
		r, err := b.peer(ctx, name, s)
		if err != nil {
			return nil, err
		}
		if r.ViewsPerS > fastest {
			best, fastest = s, r.ViewsPerS
		}
	}
	return best, nil
}

// trained is the output of both programs.
type trained struct {
	ViewsPerS float64 `json:"views_per_s"`
	PeakRSSMB float64 `json:"peak_rss_mb"` // edgeclr
	PeakMB    float64 `json:"peak_mb"`     // the peer, without its workers
	FirstStep float64 `json:"first_step_s"`
}

func (b *bench) train(ctx context.Context, name string, more ...string) (trained, error) {
	store, err := os.MkdirTemp("", "peerbench-")
	if err != nil {
		return trained{}, err
	}
	defer os.RemoveAll(store)
	args := append([]string{"train", filepath.Join(b.shared, "data", "clothing"), "--data", store, "--json", "--quiet",
		"--arch", name, "--size", fmt.Sprint(benchSize), "--learn-size", fmt.Sprint(benchSize), "--batch", fmt.Sprint(benchBatch), "--head-steps", "0", "--stages", "0", "--lr", "0.003", "--steps", "15"}, more...)
	return trainedBy(exec.CommandContext(ctx, b.program, args...))
}

func (b *bench) peer(ctx context.Context, name string, setting []string) (trained, error) {
	args := append([]string{filepath.Join(b.shared, "bench", "lightly_simclr.py"), filepath.Join(b.shared, "data", "clothing"),
		"--arch", name, "--size", fmt.Sprint(benchSize), "--batch", fmt.Sprint(benchBatch), "--workers", "2"}, setting...)
	return trainedBy(exec.CommandContext(ctx, b.python, args...))
}

// trainedBy runs a program that trains and reads its report.
func trainedBy(cmd *exec.Cmd) (trained, error) {
	var result trained
	line, err := lastLine(cmd)
	if err != nil {
		return result, err
	}
	if err := json.Unmarshal(line, &result); err != nil {
		return result, fmt.Errorf("%s printed %q: %w", strings.Join(cmd.Args, " "), line, err)
	}
	return result, nil
}

// share returns the share of the machine's matrix peak that a rate of views uses. A full
// step costs as much as three forward passes: the forward pass itself, and two products of
// the same size for the gradients with respect to the input and to the kernel.
func (b *bench) share(name string, viewsPerS float64) (float64, error) {
	a, err := arch.Get(name)
	if err != nil {
		return 0, err
	}
	plan, err := arch.NewPlan(a, benchSize)
	if err != nil {
		return 0, err
	}
	return 3 * 2 * float64(plan.MultiplyAdds()) * viewsPerS / (b.peak * 1e9), nil
}

// start measures the time from the start of the program to the end of its first training
// step, with a warm file cache.
func (b *bench) start(ctx context.Context) ([]row, error) {
	r := row{what: "start to first training step", unit: "s", goal: "<= 3 s"}
	for range b.runs {
		ours, err := b.train(ctx, "efficientnet_lite0")
		if err != nil {
			return nil, err
		}
		r.ours = append(r.ours, ours.FirstStep)
	}
	return []row{r}, nil
}
