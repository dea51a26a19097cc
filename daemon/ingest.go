package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

const (
	ingestBatch = 16                    // frames committed together
	ingestBytes = 32 << 20              // of files in a batch, above which it is full
	ingestWait  = 50 * time.Millisecond // for a batch to fill
	fileQueue   = 4                     // files waiting; each can be as large as limits.file_bytes
	liveQueue   = 16                    // live frames waiting
	fullPause   = 30 * time.Second      // longest pause while the disk is full
)

// ingest takes frames from the sources into the store: decoded, cut to what is
// kept, embedded by the version that serves, and committed in batches.
type ingest struct {
	s      *Service
	keeper keeper

	files chan camera.Frame // never dropped: the source waits
	live  chan camera.Frame // the oldest is dropped when the board is too slow

	took time.Duration // for the last commit

	mu      sync.Mutex
	sources []camera.Source
	failure error // why frames cannot be stored at the moment

	stop    context.CancelFunc
	running sync.WaitGroup
}

func newIngest(s *Service) *ingest {
	return &ingest{
		s:      s,
		keeper: newKeeper(s.cfg, s.decoder),
		files:  make(chan camera.Frame, fileQueue),
		live:   make(chan camera.Frame, liveQueue),
	}
}

// Ingest opens the sources and starts taking their frames. A source that
// cannot be opened is an error; one that fails later is shown in the status.
func (s *Service) Ingest(uris []string) error {
	in := s.ingest
	var sources []camera.Source
	for _, uri := range uris {
		source, err := s.openSource(uri)
		if err != nil {
			return err
		}
		sources = append(sources, source)
	}
	in.mu.Lock() // the API may answer already
	in.sources = sources
	in.mu.Unlock()
	ctx, stop := context.WithCancel(s.lifetime)
	in.stop = stop
	for _, source := range sources {
		in.running.Go(func() { in.read(ctx, source) })
	}
	beat := s.opt.Heart.Beat("ingest", turnTime)
	in.running.Go(func() {
		defer beat.Stop()
		in.write(heartbeat.With(ctx, beat))
	})
	return nil
}

// read runs one source; the source itself reconnects, so an end is final.
func (in *ingest) read(ctx context.Context, source camera.Source) {
	err := source.Run(ctx, in.emit)
	if err != nil && ctx.Err() == nil {
		in.s.event(ctx, "source", fmt.Sprintf("source %s ended: %v", source.URI(), err))
	}
}

// emit puts a frame in its queue.
func (in *ingest) emit(ctx context.Context, f camera.Frame) error {
	queue := in.live
	if f.File != nil {
		queue = in.files
	}
	for {
		select {
		case queue <- f:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		if f.File != nil {
			select {
			case queue <- f:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		select {
		case <-in.live:
			in.s.store.AddCount(storage.Dropped, 1)
		default:
		}
	}
}

// write commits what the queues hold, in batches, until ctx ends.
func (in *ingest) write(ctx context.Context) {
	tick := time.NewTicker(heartbeat.Every)
	defer tick.Stop()
	for {
		batch := in.gather(ctx, tick.C)
		if len(batch) == 0 {
			return
		}
		in.commitPatiently(ctx, batch)
	}
}

// gather waits for a frame and takes what else arrives in a moment. It returns
// none when ctx has ended. A camera that sends nothing is no hang.
func (in *ingest) gather(ctx context.Context, tick <-chan time.Time) []camera.Frame {
	var batch []camera.Frame
	var full <-chan time.Time
	for bytes := 0; len(batch) < ingestBatch && bytes < ingestBytes; {
		var f camera.Frame
		select {
		case f = <-in.files:
		case f = <-in.live:
		case <-full:
			return batch
		case <-tick:
			heartbeat.Tick(ctx)
			continue
		case <-ctx.Done():
			return nil
		}
		batch, bytes = append(batch, f), bytes+len(f.Data)
		if full == nil {
			full = time.After(ingestWait)
		}
	}
	return batch
}

// commitPatiently commits a batch, and waits with growing pauses while the
// disk is full: queries go on meanwhile, and ingestion resumes by itself. What
// is too large for the room there is goes in smaller batches.
func (in *ingest) commitPatiently(ctx context.Context, batch []camera.Frame) {
	pause := time.Second
	for {
		err := in.commitTimed(ctx, batch)
		in.note(ctx, err)
		switch {
		case err == nil || ctx.Err() != nil:
			return
		case !errors.Is(err, storage.ErrFull):
			in.s.log.Error("frames were not stored", "frames", len(batch), "error", err)
			return
		case len(batch) > 1:
			half := len(batch) / 2
			in.commitPatiently(ctx, batch[:half])
			in.commitPatiently(ctx, batch[half:])
			return
		}
		if heartbeat.Sleep(ctx, pause) != nil {
			return
		}
		pause = min(2*pause, fullPause)
	}
}

// commitTimed commits a batch in the time that the one before leads to expect.
func (in *ingest) commitTimed(ctx context.Context, batch []camera.Frame) error {
	heartbeat.Allow(ctx, patience(in.took))
	defer heartbeat.Allow(ctx, turnTime)
	begun := time.Now()
	_, err := in.commit(ctx, batch)
	in.took = time.Since(begun)
	return err
}

// note keeps why storing fails, and tells of it once when it begins and ends.
func (in *ingest) note(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	in.mu.Lock()
	before := in.failure
	in.failure = err
	in.mu.Unlock()
	switch {
	case before == nil && err != nil:
		in.s.log.Error("ingestion is paused", "error", err)
	case before != nil && err == nil:
		in.s.event(ctx, "ingest", "ingestion goes on again")
	}
}

// close stops the sources and waits for the batch under way.
func (in *ingest) close() {
	if in.stop == nil {
		return
	}
	in.stop()
	in.running.Wait()
}
