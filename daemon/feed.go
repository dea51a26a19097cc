package daemon

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"edgeclr/camera"
	"edgeclr/config"
	"edgeclr/storage"
)

// feed is a source that ingest takes frames from.
type feed struct {
	of     config.Source // as configured
	source camera.Source
	stop   context.CancelFunc // nil until it runs
	ended  chan struct{}      // closed when it does not run any more
}

// feedsOf gives the feeds of a list of sources: those that run already, and new
// ones for the others, which are opened and do not run yet.
func (in *ingest) feedsOf(watch []config.Source) ([]*feed, error) {
	in.mu.Lock()
	running := in.feeds
	in.mu.Unlock()
	feeds := make([]*feed, len(watch))
	for i, w := range watch {
		if n := slices.IndexFunc(running, func(f *feed) bool { return reflect.DeepEqual(f.of, w) }); n >= 0 {
			feeds[i] = running[n]
			continue
		}
		source, err := in.s.openSource(w)
		if err != nil {
			return nil, err
		}
		feeds[i] = &feed{of: w, source: source, ended: make(chan struct{})}
	}
	return feeds, nil
}

// feed lets these feeds run and no others: what ran and is not among them is
// stopped before the new ones start, since they may need the same device. The
// caller sees to it that only one does this at a time.
func (in *ingest) feed(feeds []*feed) {
	in.mu.Lock()
	before := in.feeds
	in.feeds = feeds
	in.mu.Unlock()
	for _, f := range before {
		if !slices.Contains(feeds, f) {
			f.stop()
			<-f.ended
		}
	}
	for _, f := range feeds {
		if f.stop == nil {
			in.start(f)
		}
	}
}

// start runs a feed; the source itself reconnects, so an end is final.
func (in *ingest) start(f *feed) {
	ctx, stop := context.WithCancel(in.ctx)
	f.stop = stop
	in.running.Go(func() {
		defer close(f.ended)
		defer stop()
		err := f.source.Run(ctx, func(ctx context.Context, frame camera.Frame) error {
			in.peepholes.show(frame)
			return in.triggered(ctx, frame)
		})
		if err != nil && ctx.Err() == nil {
			uri := f.source.URI()
			in.s.events.Publish(storage.Event{
				Kind: storage.EventSource, Source: uri, Text: fmt.Sprintf("source %s ended: %v", uri, err),
				Data: map[string]any{"state": "ended", "error": err.Error()},
			})
		}
	})
}
