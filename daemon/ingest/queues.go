package ingest

import (
	"context"
	"sync/atomic"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/heartbeat"
)

const (
	batchFrames = 16                    // frames committed together
	batchBytes  = 32 << 20              // a batch with that many bytes is full
	batchWait   = 50 * time.Millisecond // how long a batch waits for more frames
	fileQueue   = 4                     // files that wait; each can be as large as limits.file_bytes
	liveQueue   = 16                    // live frames that wait
	liveBytes   = 64 << 20              // bytes of the live frames that wait, unless it is one: pixels take twenty times the room of a JPEG
)

// queues hold the frames that wait for the writer.
type queues struct {
	files chan camera.Frame // never dropped: the source waits
	live  chan camera.Frame // the oldest is dropped when the board is too slow
	bytes *atomic.Int64     // of the frames in live
}

func newQueues() queues {
	return queues{files: make(chan camera.Frame, fileQueue), live: make(chan camera.Frame, liveQueue), bytes: new(atomic.Int64)}
}

// put appends a frame. A file waits until there is room. For a live frame, put removes
// the oldest ones until there is room, and calls drop for each. The only error is that
// of ctx.
func (q queues) put(ctx context.Context, f camera.Frame, drop func()) error {
	if f.File != nil {
		select {
		case q.files <- f:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	size := frameBytes(f)
	for ctx.Err() == nil {
		if q.bytes.Load()+size <= liveBytes || len(q.live) == 0 {
			select {
			case q.live <- f:
				q.bytes.Add(size)
				return nil
			default:
			}
		}
		select {
		case oldest := <-q.live:
			q.bytes.Add(-frameBytes(oldest))
			drop()
		default:
		}
	}
	return ctx.Err()
}

// batch waits for a frame, and takes the frames that arrive within batchWait of it. It
// returns none when ctx has ended. A camera that sends nothing is no hang: each value
// of tick ticks the heartbeat.
func (q queues) batch(ctx context.Context, tick <-chan time.Time) []camera.Frame {
	var batch []camera.Frame
	var full <-chan time.Time
	for bytes := int64(0); len(batch) < batchFrames && bytes < batchBytes; {
		var f camera.Frame
		select {
		case f = <-q.files:
		case f = <-q.live:
			q.bytes.Add(-frameBytes(f))
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
			full = time.After(batchWait)
		}
	}
	return batch
}

// frameBytes is the memory that a frame takes.
func frameBytes(f camera.Frame) int64 {
	if f.Image != nil {
		return int64(len(f.Image.Pix))
	}
	return int64(len(f.Data))
}
