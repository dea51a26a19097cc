package daemon

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/gpio"
	"edgeclr/config"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

const (
	ingestBatch = 16                    // frames committed together
	ingestBytes = 32 << 20              // of files in a batch, above which it is full
	ingestWait  = 50 * time.Millisecond // for a batch to fill
	fileQueue   = 4                     // files waiting; each can be as large as limits.file_bytes
	liveQueue   = 16                    // live frames waiting
	liveBytes   = 64 << 20              // and no more of them than this, above one: pixels take twenty times the room of a JPEG
	fullPause   = 30 * time.Second      // longest pause while the disk is full
)

// ingest takes frames from the sources into the store: decoded, cut to what is
// kept, embedded by the version that serves, and committed in batches.
type ingest struct {
	s *Service

	files chan camera.Frame // never dropped: the source waits
	live  chan camera.Frame // the oldest is dropped when the board is too slow
	held  atomic.Int64      // bytes in live

	peepholes peepholes

	took time.Duration // for the last commit

	mu       sync.Mutex
	feeds    []*feed        // in the order of the configuration
	controls *gpio.Controls // the pins of the board; nil until Ingest
	failure  error          // why frames cannot be stored at the moment

	ctx     context.Context // of all that runs; nil before Ingest
	stop    context.CancelFunc
	running sync.WaitGroup
}

func newIngest(s *Service) *ingest {
	return &ingest{
		s:     s,
		files: make(chan camera.Frame, fileQueue),
		live:  make(chan camera.Frame, liveQueue),
	}
}

// Ingest opens the sources, takes the board's pins and starts taking frames. A
// source that cannot be opened, or a pin that cannot be had, is an error; what
// fails later is shown in the status.
func (s *Service) Ingest(watch []config.Source) error {
	in := s.ingest
	feeds, err := in.feedsOf(watch)
	if err != nil {
		return err
	}
	controls, err := s.openControls(feeds)
	if err != nil {
		return err
	}
	in.mu.Lock() // the API may answer already
	in.controls = controls
	in.mu.Unlock()
	in.ctx, in.stop = context.WithCancel(s.lifetime)
	beat := s.opt.Heart.Beat("ingest", heartbeat.LoopTime)
	in.running.Go(func() {
		defer beat.Stop()
		in.write(heartbeat.With(in.ctx, beat))
	})
	in.feed(feeds)
	return nil
}

// emit puts a frame in its queue.
func (in *ingest) emit(ctx context.Context, f camera.Frame) error {
	if f.File != nil {
		select {
		case in.files <- f:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	size := int64(frameBytes(f))
	for ctx.Err() == nil {
		if in.held.Load()+size <= liveBytes || len(in.live) == 0 {
			select {
			case in.live <- f:
				in.held.Add(size)
				return nil
			default:
			}
		}
		select {
		case oldest := <-in.live:
			in.held.Add(-int64(frameBytes(oldest)))
			in.s.store.AddCount(storage.Dropped, 1)
		default:
		}
	}
	return ctx.Err()
}

// frameBytes is the memory that a frame takes.
func frameBytes(f camera.Frame) int {
	if f.Image != nil {
		return len(f.Image.Pix)
	}
	return len(f.Data)
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
			in.held.Add(-int64(frameBytes(f)))
		case <-full:
			return batch
		case <-tick:
			heartbeat.Tick(ctx)
			continue
		case <-ctx.Done():
			return nil
		}
		batch, bytes = append(batch, f), bytes+frameBytes(f)
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
	heartbeat.Allow(ctx, heartbeat.KnownTime(in.took))
	defer heartbeat.Allow(ctx, heartbeat.LoopTime)
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
		in.s.events.Publish(storage.Event{
			Kind: storage.EventIngest, Text: "ingestion goes on again",
			Data: map[string]any{"error": before.Error()},
		})
	}
}

// close stops the sources and waits for the batch under way.
func (in *ingest) close() {
	if in.ctx == nil {
		return
	}
	in.stop()
	in.running.Wait()
	in.controls.Close()
}
