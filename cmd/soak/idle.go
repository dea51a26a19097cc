package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/prometheus/procfs"

	"edgeclr/camera/wait"
)

const (
	idleRate   = 5                // frames a second of the camera
	idleWarmup = 20 * time.Second // wait before the measurement
	cpuGoal    = 0.15             // largest share of one core
	memoryGoal = 250e6            // largest memory beyond shared file pages, in bytes
)

// idleCase is a camera to measure.
type idleCase struct {
	name string
	yaml string // additional configuration
	all  bool   // show all pictures, not only the first
}

// idleCases returns the cheapest and the most expensive camera.
func idleCases() []idleCase {
	return []idleCase{
		{"a still picture, all but a few gated", "", false},
		{"a moving picture, all frames embedded and stored", "gate:\n  enabled: false\n", true},
	}
}

// measureIdle runs the daemon on a camera of 5 frames a second with learning paused, and
// measures processor time and memory. The error is errVerdict when a goal is missed.
func measureIdle(ctx context.Context, o options, out io.Writer) error {
	pictures, err := o.pictures(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "idle: %v each, the camera shows %s\n", o.duration, o.shown())
	good := true
	for _, c := range idleCases() {
		shown := pictures
		if !c.all {
			shown = pictures[:1]
		}
		verdicts, err := c.measure(ctx, o, shown)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		for _, v := range verdicts {
			fmt.Fprintln(out, v)
			good = good && v.OK
		}
	}
	if !good {
		return errVerdict
	}
	return nil
}

func (c idleCase) measure(ctx context.Context, o options, pictures [][]byte) (all []verdict, err error) {
	o.kinds = nil
	s, err := newSetup(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.server, err = newServer(pictures, time.Second/idleRate); err != nil {
		return nil, err
	}
	daemon, err := start(ctx, o.program, s.folder, fmt.Sprintf("sources: [%q]\n%s", s.server.URI(), c.yaml))
	if err != nil {
		return nil, err
	}
	all, err = c.watch(ctx, o.duration, daemon)
	_, ending := daemon.end()
	return all, errors.Join(err, ending)
}

func (c idleCase) watch(ctx context.Context, d time.Duration, daemon *daemonProcess) ([]verdict, error) {
	client := newClient(daemon.data)
	defer client.Close()
	if err := client.pause(ctx); err != nil {
		return nil, err
	}
	if !wait.For(ctx, idleWarmup) {
		return nil, ctx.Err()
	}
	before, err := measure(ctx, client, daemon.pid())
	if err != nil {
		return nil, err
	}
	if !wait.For(ctx, d) {
		return nil, ctx.Err()
	}
	after, err := measure(ctx, client, daemon.pid())
	if err != nil {
		return nil, err
	}
	share := (after.cpu - before.cpu) / after.at.Sub(before.at).Seconds()
	rate := (after.seen - before.seen) / after.at.Sub(before.at).Seconds()
	return []verdict{
		{c.name, share <= cpuGoal, fmt.Sprintf("%.1f %% of one core, goal %.0f %%; %.1f frames a second, %.0f of %.0f stored, load of the machine %.1f",
			100*share, 100*cpuGoal, rate, after.stored-before.stored, after.seen-before.seen, after.load)},
		{c.name, after.memory <= memoryGoal, fmt.Sprintf("%.0f MB beyond shared file pages, goal %.0f MB; %.0f MB with them", after.memory/1e6, memoryGoal/1e6, after.resident/1e6)},
	}, nil
}

// cost is what the daemon has used up to a moment.
type cost struct {
	at           time.Time
	cpu          float64 // seconds
	memory       float64 // RssAnon and RssShmem, bytes
	resident     float64 // bytes
	seen, stored float64 // frames
	load         float64 // of the machine
}

func measure(ctx context.Context, c *client, pid int) (cost, error) {
	now, err := read(ctx, c, pid, nil)
	if err != nil {
		return cost{}, err
	}
	p, err := procfs.NewProc(pid)
	if err != nil {
		return cost{}, err
	}
	status, err := p.NewStatus()
	if err != nil {
		return cost{}, fmt.Errorf("memory of the daemon: %w", err)
	}
	v := now.Values
	return cost{time.Now(), v[cpuSeconds], float64(status.RssAnon + status.RssShmem), float64(status.VmRSS), v[seen], v[stored], v[load]}, nil
}
