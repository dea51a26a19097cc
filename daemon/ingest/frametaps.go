package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"edgeclr/camera"
	"edgeclr/daemon/client"
)

// frameTaps let requests see the next frame of a source as the source delivers it:
// before the trigger and the gate, and in full size. No frame is kept for later
// requests. The zero value is ready to use.
type frameTaps struct {
	mu      sync.Mutex
	waiting map[string][]chan camera.Frame // by source; each channel gets one frame
}

// show gives a frame to all requests that wait for its source. From then on, the
// writer and the requests share the frame, and nobody may change it.
func (t *frameTaps) show(f camera.Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.waiting[f.Source] {
		c <- f // does not block: the channel has room for its only frame
	}
	delete(t.waiting, f.Source)
}

// next waits for the next frame of a source.
func (t *frameTaps) next(ctx context.Context, source string) (camera.Frame, error) {
	c := make(chan camera.Frame, 1)
	t.mu.Lock()
	if t.waiting == nil {
		t.waiting = map[string][]chan camera.Frame{}
	}
	t.waiting[source] = append(t.waiting[source], c)
	t.mu.Unlock()
	select {
	case f := <-c:
		return f, nil
	case <-ctx.Done():
		t.leave(source, c)
		return camera.Frame{}, ctx.Err()
	}
}

// leave removes a request that does not wait any more.
func (t *frameTaps) leave(source string, c chan camera.Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[source] = slices.DeleteFunc(t.waiting[source], func(each chan camera.Frame) bool { return each == c })
	if len(t.waiting[source]) == 0 {
		delete(t.waiting, source)
	}
}

// NextPicture waits for the next good picture of a source and returns it as JPEG.
// The URI is without credentials. With "" it takes the source if there is only one.
// The error matches client.ErrNothingFound when there is no such source, and
// client.ErrNoPicture when no picture came within patience.
func (in *Ingest) NextPicture(ctx context.Context, uri string, patience time.Duration) ([]byte, error) {
	source, err := in.source(uri)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		f, err := in.taps.next(ctx, source.URI())
		if errors.Is(err, context.DeadlineExceeded) {
			state, reason := source.State()
			err = fmt.Errorf("%w of %s within %v; it is %s", client.ErrNoPicture, source.URI(), patience, state)
			if reason != nil {
				err = fmt.Errorf("%w: %w", err, reason)
			}
		}
		if err != nil {
			return nil, err
		}
		if data, err := f.JPEG(ctx, in.Decoder, JPEGQuality); err == nil {
			return data, nil
		}
	}
}
