// Command soak lets bin/edgeclr run for a while with all kinds of sources at
// once, breaks them at random moments, and tells whether memory, descriptors,
// goroutines and processes stayed flat and every source came back in time.
// `make soak MINUTES=30` calls it; `make idle` measures what a live camera
// costs while nothing is learned.
//
// It watches from outside: the metrics over the daemon's socket, and /proc. It
// does not link TensorFlow, so that it takes little from what it measures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// errVerdict says that a limit was not kept; the report has told which.
var errVerdict = errors.New("a limit was not kept")

func main() {
	var o options
	idle := flag.Bool("idle", false, "measure a live camera of 5 frames a second while learning is paused, instead of a soak")
	minutes := flag.Float64("minutes", 30, "how long it runs; of -idle, each of its two parts")
	sources := flag.String("sources", "exec,http,synthetic,dir,v4l2", "kinds of sources, separated by commas")
	flag.StringVar(&o.program, "edgeclr", "bin/edgeclr", "the program")
	flag.StringVar(&o.video, "video", "../shared/data/video/bottle-detection.mp4", "what the cameras show; without it, or without ffmpeg, a rendered scene")
	flag.StringVar(&o.json, "json", "", "file for samples, faults and verdicts")
	flag.IntVar(&o.faults, "faults", 20, "times that each of exec and http is broken, at most")
	flag.Float64Var(&o.duty, "duty", 0.25, "learn.duty of the daemon")
	flag.Uint64Var(&o.seed, "seed", 1, "of the moments and kinds of faults")
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
