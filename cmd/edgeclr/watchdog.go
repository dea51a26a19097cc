package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"edgeclr/camera"
	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
	"edgeclr/systemd"
)

const (
	pollInterval = 15 * time.Second // time between two requests for the status
	pollTimeout  = 30 * time.Second // longest wait for one answer
	apiTimeout   = 2 * time.Minute  // without an answer for so long, the API counts as hanging
	startTimeout = 10 * time.Minute // longest time of each part of the start
	stopTimeout  = 2 * time.Minute  // longest time of the end, including the current training step; after that systemd's own limit counts
)

// watchdog reports the state of the daemon to systemd, and feeds its watchdog while no
// part of the daemon hangs. Without systemd it only logs what hangs.
type watchdog struct {
	heart  heartbeat.Monitor
	notify *systemd.Notifier
	feeder *systemd.Watchdog

	start *heartbeat.Beat // watches the start, until the daemon serves

	stop    context.CancelFunc
	running sync.WaitGroup
}

// startWatchdog begins to watch the start of the daemon.
func startWatchdog(a *cli.App) (*watchdog, error) {
	w := &watchdog{notify: systemd.NewNotifier(a.Log)}
	var err error
	if w.feeder, err = systemd.NewWatchdog(w.notify, &w.heart, a.Log); err != nil {
		return nil, err
	}
	w.start = w.heart.Beat("the start", startTimeout)
	w.notify.Status("starting")
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	w.running.Go(func() { w.feeder.Run(ctx) })
	return w, nil
}

// ready reports that the daemon serves, and begins to poll the status of its API.
func (w *watchdog) ready(ctx context.Context, data string) {
	w.start.Stop()
	w.feeder.Ready()
	beat := w.heart.Beat("the API", apiTimeout)
	w.running.Go(func() {
		defer beat.Stop()
		w.poll(heartbeat.With(ctx, beat), client.New(data))
	})
}

// poll asks for the status over the socket until ctx ends, as any client does.
func (w *watchdog) poll(ctx context.Context, c *client.Client) {
	for {
		w.pollOnce(ctx, c)
		next := time.NewTimer(pollInterval)
		select {
		case <-ctx.Done():
			next.Stop()
			return
		case <-next.C:
		}
	}
}

func (w *watchdog) pollOnce(ctx context.Context, c *client.Client) {
	limited, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	defer c.Close() // each question uses a new connection, as those of other clients do
	st, err := c.Status(limited)
	var refused *client.RemoteError
	if err != nil && !errors.As(err, &refused) {
		return
	}
	heartbeat.Tick(ctx)
	if err == nil && w.heart.Check() == nil {
		w.notify.Status(statusLine(st))
	}
}

// stopping reports that the daemon ends.
func (w *watchdog) stopping() {
	w.heart.Beat("the end", stopTimeout)
	w.feeder.Stopping()
}

// close ends the watchdog.
func (w *watchdog) close() {
	w.stop()
	w.running.Wait()
}

// statusLine is what `systemctl status` shows about the daemon.
func statusLine(st client.Status) string {
	parts := []string{
		"checkpoint " + st.Checkpoint.Serving + " serves",
		fmt.Sprintf("%d frames", st.Store.Frames),
	}
	live := 0
	for _, s := range st.Sources {
		if s.State == camera.StateLive {
			live++
		}
	}
	parts = append(parts, fmt.Sprintf("%d of %d sources live", live, len(st.Sources)))
	if st.Ingest.Paused {
		parts = append(parts, "no frame can be stored: "+st.Ingest.Error)
	}
	learner := "learner " + st.Train.State
	if st.Train.State == client.LearnActive {
		learner = fmt.Sprintf("learning, step %d of %d", st.Train.Step, st.Train.Steps)
	}
	return strings.Join(append(parts, learner), "; ")
}
