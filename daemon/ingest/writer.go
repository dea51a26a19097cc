package ingest

import (
	"context"
	"errors"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/heartbeat"
	"edgeclr/storage"
)

// maxPause is the longest pause between two attempts while the disk is full.
const maxPause = 30 * time.Second

// Emit puts a frame of a source into the queue. A live frame that comes while the
// trigger is shut is only counted. A file always passes. The only error is that of
// ctx.
func (in *Ingest) Emit(ctx context.Context, f camera.Frame) error {
	if f.File == nil && !in.controls.Wanted() {
		in.Store.AddCount(storage.Untriggered, 1)
		return nil
	}
	return in.queues.put(ctx, f, func() { in.Store.AddCount(storage.Dropped, 1) })
}

// write commits what the queues hold, in batches, until ctx ends.
func (in *Ingest) write(ctx context.Context) {
	tick := time.NewTicker(heartbeat.Every)
	defer tick.Stop()
	for {
		batch := in.queues.batch(ctx, tick.C)
		if len(batch) == 0 {
			return
		}
		in.commitPatiently(ctx, batch)
	}
}

// commitPatiently commits a batch. While the disk is full, it tries again with growing
// pauses, so ingestion resumes by itself. It commits a batch in halves when the disk
// has no room for the whole.
func (in *Ingest) commitPatiently(ctx context.Context, batch []camera.Frame) {
	pause := time.Second
	for {
		err := in.commitTimed(ctx, batch)
		in.note(ctx, err)
		switch {
		case err == nil || ctx.Err() != nil:
			return
		case !errors.Is(err, storage.ErrFull):
			in.Log.Error("frames were not stored", "frames", len(batch), "error", err)
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
		pause = min(2*pause, maxPause)
	}
}

// commitTimed commits a batch. It allows the heartbeat the time that the last batch
// leads to expect.
func (in *Ingest) commitTimed(ctx context.Context, batch []camera.Frame) error {
	heartbeat.Allow(ctx, heartbeat.KnownTime(in.took))
	defer heartbeat.Allow(ctx, heartbeat.LoopTime)
	begun := time.Now()
	_, err := in.Commit(ctx, batch)
	in.took = time.Since(begun)
	return err
}

// note remembers why storing fails, nil when it does not. It reports once that
// ingestion is paused, and once that it goes on.
func (in *Ingest) note(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	in.mu.Lock()
	before := in.failure
	in.failure = err
	in.mu.Unlock()
	switch {
	case before == nil && err != nil:
		in.Log.Error("ingestion is paused", "error", err)
	case before != nil && err == nil:
		in.Publish(storage.Event{
			Kind: storage.EventIngest, Text: "ingestion goes on again",
			Data: map[string]any{"error": before.Error()},
		})
	}
}
