// Command soak runs bin/edgeclr for a while with all kinds of sources at once and breaks
// the sources at random moments. It reports whether memory, descriptors, goroutines and
// processes stayed flat, and whether every source came back in time.
// `make soak MINUTES=30` calls it. `make idle` measures the cost of a live camera while
// nothing is learned.
//
// It watches from outside, through the metrics on the daemon's socket and through /proc.
// It does not link TensorFlow, so it disturbs the measurement little.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// errVerdict is returned when a limit was not kept. The report says which one.
var errVerdict = errors.New("a limit was not kept")

func main() {
	var o options
	idle := flag.Bool("idle", false, "measure a live camera of 5 frames a second while learning is paused, instead of a soak")
	minutes := flag.Float64("minutes", 30, "how long it runs; with -idle, how long each of its two parts runs")
	sources := flag.String("sources", "exec,http,synthetic,dir,v4l2", "kinds of sources, separated by commas")
	flag.StringVar(&o.program, "edgeclr", "bin/edgeclr", "the program")
	flag.StringVar(&o.video, "video", "../shared/data/video/bottle-detection.mp4", "what the cameras show; without this file or without ffmpeg they show a rendered scene")
	flag.StringVar(&o.json, "json", "", "file to write samples, faults and verdicts to")
	flag.IntVar(&o.faults, "faults", 20, "largest number of faults of each of exec and http")
	flag.Float64Var(&o.duty, "duty", 0.25, "learn.duty of the daemon")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the moments and kinds of faults")
	flag.DurationVar(&o.every, "every", 5*time.Second, "time between two samples")
	flag.Parse()
	o.duration, o.kinds = time.Duration(*minutes*float64(time.Minute)), strings.Split(*sources, ",")

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := soak
	if *idle {
		run = measureIdle
	}
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// options are the values of the flags.
type options struct {
	program  string
	video    string
	json     string        // "": none
	kinds    []string      // of sources
	faults   int           // of each breakable source
	duty     float64       // of the learner
	seed     uint64        // of the faults
	every    time.Duration // between two samples
	duration time.Duration
}

// wants reports whether that kind of source is wanted.
func (o options) wants(kind string) bool { return slices.Contains(o.kinds, kind) }
