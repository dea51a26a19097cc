package ingest

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"edgeclr/camera"
	"edgeclr/camera/sources"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// Feeds are the sources that frames are taken from, in the order of the
// configuration.
type Feeds []*feed

// feed is one source and the goroutine that runs it.
type feed struct {
	config config.Source
	source camera.Source
	stop   context.CancelFunc // nil until the source runs
	ended  chan struct{}      // closed when the source runs no longer
}

// Open returns the feeds of a list of sources. A source that runs already with the
// same configuration keeps its feed. Open opens the others; they do not run until
// Watch.
func (in *Ingest) Open(watch []config.Source) (Feeds, error) {
	in.mu.Lock()
	running := in.feeds
	in.mu.Unlock()
	feeds := make(Feeds, len(watch))
	for i, w := range watch {
		if n := slices.IndexFunc(running, func(f *feed) bool { return reflect.DeepEqual(f.config, w) }); n >= 0 {
			feeds[i] = running[n]
			continue
		}
		source, err := in.openSource(w)
		if err != nil {
			return nil, err
		}
		feeds[i] = &feed{config: w, source: source, ended: make(chan struct{})}
	}
	return feeds, nil
}

// openSource makes a source without starting it. Its changes of state become
// events.
func (in *Ingest) openSource(w config.Source) (camera.Source, error) {
	events := newSourceEventLog(in.Publish)
	source, err := sources.Open(w.URI, sources.Options{
		Cursor: in.Store, Limits: in.Decoder.Limits, Decoder: in.Decoder, Log: in.Log, Seed: in.Config().Model.Seed, Now: in.Now,
		Live: w.LiveOptions, Changed: events.changed,
	})
	if err != nil {
		return nil, err
	}
	events.uri = source.URI()
	return source, nil
}

// Watch runs these feeds and no others. The feeds that are not among them stop before
// the new ones start, since both may need the same device. Start calls it first. After
// that, only one caller at a time may.
func (in *Ingest) Watch(feeds Feeds) {
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
			in.run(f)
		}
	}
}

// run starts to take frames from a feed. A source reconnects by itself, so when it
// ends, it is not started again.
func (in *Ingest) run(f *feed) {
	ctx, stop := context.WithCancel(in.ctx)
	f.stop = stop
	in.running.Go(func() {
		defer close(f.ended)
		defer stop()
		err := f.source.Run(ctx, func(ctx context.Context, frame camera.Frame) error {
			in.taps.show(frame)
			return in.Emit(ctx, frame)
		})
		if err != nil && ctx.Err() == nil {
			uri := f.source.URI()
			in.Publish(storage.Event{
				Kind: storage.EventSource, Source: uri, Text: fmt.Sprintf("source %s ended: %v", uri, err),
				Data: map[string]any{"state": "ended", "error": err.Error()},
			})
		}
	})
}

// source finds a source by its URI without credentials. With "" it takes the source if
// there is only one.
func (in *Ingest) source(uri string) (camera.Source, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if uri == "" && len(in.feeds) == 1 {
		return in.feeds[0].source, nil
	}
	for _, f := range in.feeds {
		if f.source.URI() == uri {
			return f.source, nil
		}
	}
	return nil, fmt.Errorf("%w: this service has no source %q; GET /v1/status lists those it has", client.ErrNothingFound, uri)
}

// Sources returns the state of each source, in the order of the configuration.
func (in *Ingest) Sources() []client.SourceStatus {
	in.mu.Lock()
	defer in.mu.Unlock()
	all := make([]client.SourceStatus, len(in.feeds))
	for i, f := range in.feeds {
		all[i] = sourceStatus(f.source)
	}
	return all
}

// sourceStatus reads the state and the counters of a source.
func sourceStatus(source camera.Source) client.SourceStatus {
	state, err := source.State()
	st := client.SourceStatus{URI: source.URI(), State: state}
	if err != nil {
		st.Error = err.Error()
	}
	counting, ok := source.(interface{ Counters() camera.Counters })
	if !ok {
		return st
	}
	c := counting.Counters()
	st.SourceCounters = &client.SourceCounters{Frames: c.Frames, Damaged: c.Damaged, Skipped: c.Skipped, Reconnects: c.Reconnects}
	if c.LastFrame >= 0 {
		age := c.LastFrame.Seconds()
		st.LastFrame = &age
	}
	return st
}
