package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"edgeclr/camera/wait"
)

// soak runs the daemon, breaks its sources, and prints a report. The error is errVerdict
// when a limit was not kept.
func soak(ctx context.Context, o options, out io.Writer) (err error) {
	s, err := newSetup(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	daemon, err := start(ctx, o.program, s.folder, s.yaml+fmt.Sprintf("learn:\n  duty: %v\n", o.duty))
	if err != nil {
		return err
	}
	if err := settle(ctx, daemon); err != nil {
		_, ending := daemon.end()
		return errors.Join(err, ending)
	}
	r := &report{Options: o, Kinds: s.kinds, Began: time.Now(), Shown: o.shown()}
	fmt.Fprintf(out, "soak: %v with %v, cameras show %s, process %d, its store in %s\n", o.duration, s.kinds, o.shown(), daemon.pid(), daemon.data)
	watching := r.watch(ctx, s, daemon, out)
	r.last, err = children(daemon.pid())
	took, ending := daemon.end()
	r.Ended, r.Hangs, r.Errors = took, daemon.lines("hangs"), daemon.lines("level=ERROR")
	if o.json != "" {
		err = errors.Join(err, saveLog(daemon, o.json+".log"))
	}
	if err = errors.Join(watching, err, ending); err != nil {
		return err
	}
	return r.finish(out)
}

// settle waits for the first frame, since an empty store answers no query.
func settle(ctx context.Context, daemon *daemonProcess) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	c := newClient(daemon.data)
	defer c.Close()
	for {
		m, err := c.metrics(ctx)
		if err == nil && m.value("edgeclr_embeddings") > 0 {
			return nil
		}
		if !wait.For(ctx, pollInterval) {
			return fmt.Errorf("no frame within %v (%w):\n%s", startLimit, cmp.Or(err, ctx.Err()), daemon.tail())
		}
	}
}

func saveLog(daemon *daemonProcess, name string) error {
	file, err := os.Create(filepath.Clean(name))
	if err != nil {
		return err
	}
	return errors.Join(daemon.save(file), file.Close())
}

// watch takes samples and breaks sources until the time is up. Ctrl-C ends it early; then
// the report covers the shorter time.
func (r *report) watch(ctx context.Context, s *setup, daemon *daemonProcess, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, r.Options.duration)
	defer cancel()
	c := newClient(daemon.data)
	defer c.Close()
	group, ctx := errgroup.WithContext(ctx)
	var breakers []*breaker
	mixes := map[string][]faultKind{
		"exec": {faultKill, faultKill, faultKill, faultStop},
		"http": {faultDrop, faultDrop, faultDrop, faultStall, faultOutage},
	}
	for name, fail := range s.breakers(daemon.pid()) {
		b := &breaker{source: name + ":", mix: mixes[name], fail: fail, client: c, times: r.Options.faults,
			begin: r.Began, end: r.Began.Add(r.Options.duration),
			random: rand.New(rand.NewPCG(r.Options.seed, uint64(len(name))<<8|uint64(name[0])))}
		breakers = append(breakers, b)
		group.Go(func() error { return b.run(ctx) })
	}
	if s.incoming != "" {
		group.Go(func() error { return folder{s.incoming, r.Options.seed}.run(ctx) })
	}
	group.Go(func() error { return r.sample(ctx, s, c, daemon, out) })
	err := group.Wait()
	for _, b := range breakers {
		r.Faults = append(r.Faults, b.faults...)
	}
	return err
}

// sample takes a sample and sends a query at each interval (options.every). It prints a
// line each minute.
func (r *report) sample(ctx context.Context, s *setup, c *client, daemon *daemonProcess, out io.Writer) error {
	random := rand.New(rand.NewPCG(r.Options.seed, 'q'))
	tick := time.NewTicker(r.Options.every)
	defer tick.Stop()
	shown := time.Duration(0)
	for {
		now, err := read(ctx, c, daemon.pid(), s.kinds)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w\n%s", err, daemon.tail())
		}
		now.At = time.Since(r.Began)
		r.Samples = append(r.Samples, now)
		took, err := c.query(ctx, s.pictures[random.IntN(len(s.pictures))])
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			r.Refused = append(r.Refused, err.Error())
		default:
			r.Queries = append(r.Queries, took)
		}
		if shown == 0 || now.At-shown >= time.Minute {
			shown = now.At
			fmt.Fprintln(out, now)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
