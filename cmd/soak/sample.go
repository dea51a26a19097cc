package main

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/procfs"
)

// sample is the state of the daemon at one moment. Sizes are in bytes.
type sample struct {
	At     time.Duration      `json:"at"` // since the daemon was ready
	Values map[series]float64 `json:"values"`
	States map[string]string  `json:"states"` // of the sources
	Again  map[string]int     `json:"again"`  // how often a source was opened again
}

// series names a value that is followed over time.
type series string

const (
	resident    series = "resident"
	anonymous   series = "anonymous" // not file pages: the heaps of Go and TensorFlow, stacks
	descriptors series = "descriptors"
	goroutines  series = "goroutines"
	threads     series = "threads"
	childCount  series = "children"
	zombies     series = "zombies"
	embeddings  series = "embeddings"
	storeBytes  series = "store file"
	cpuSeconds  series = "processor seconds"
	seen        series = "frames seen"
	stored      series = "frames stored"
	gated       series = "frames gated"
	dropped     series = "frames dropped"
	failed      series = "frames failed"
	steps       series = "training steps"
	rounds      series = "training rounds"
	load        series = "load of the machine"
)

// read takes a sample of the daemon.
func read(ctx context.Context, c *client, pid int, kinds []string) (sample, error) {
	s := sample{Values: map[series]float64{}, States: map[string]string{}, Again: map[string]int{}}
	m, err := c.metrics(ctx)
	if err != nil {
		return s, err
	}
	for name, metric := range map[series]string{
		resident: "process_resident_memory_bytes", descriptors: "process_open_fds", goroutines: "go_goroutines",
		cpuSeconds: "process_cpu_seconds_total", embeddings: "edgeclr_embeddings", storeBytes: "edgeclr_store_file_bytes",
		seen: "edgeclr_frames_seen_total", stored: "edgeclr_frames_stored_total", gated: "edgeclr_frames_gated_total",
		dropped: "edgeclr_frames_dropped_total", failed: "edgeclr_frames_failed_total",
		steps: "edgeclr_learn_steps_total", rounds: "edgeclr_learn_rounds_total",
	} {
		s.Values[name] = m.value(metric)
	}
	for _, kind := range kinds {
		s.States[kind] = m.state(kind + ":")
		s.Again[kind] = int(m.ofSource("edgeclr_source_reconnects_total", kind+":"))
	}
	return s, s.fromProc(pid)
}

// fromProc adds the values from /proc.
func (s *sample) fromProc(pid int) error {
	p, err := procfs.NewProc(pid)
	if err != nil {
		return fmt.Errorf("the daemon: %w", err)
	}
	memory, err := p.ProcSMapsRollup()
	if err != nil {
		return fmt.Errorf("memory of the daemon: %w", err)
	}
	stat, err := p.Stat()
	if err != nil {
		return err
	}
	all, err := children(pid)
	if err != nil {
		return err
	}
	s.Values[anonymous], s.Values[threads] = float64(memory.Anonymous), float64(stat.NumThreads)
	s.Values[childCount], s.Values[zombies] = float64(len(all)), 0
	for _, c := range all {
		if c.zombie {
			s.Values[zombies]++
		}
	}
	if fs, err := procfs.NewDefaultFS(); err == nil {
		if average, err := fs.LoadAvg(); err == nil {
			s.Values[load] = average.Load1
		}
	}
	return nil
}

// String returns a line that shows progress.
func (s sample) String() string {
	v := s.Values
	return fmt.Sprintf("%7s  %4.0f MB anonymous, %3.0f descriptors, %3.0f goroutines, %2.0f threads, %5.0f stored, %4.0f steps, load %4.1f, %v",
		s.At.Round(time.Second), v[anonymous]/1e6, v[descriptors], v[goroutines], v[threads], v[stored], v[steps], v[load], s.States)
}
