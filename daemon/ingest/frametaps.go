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

// frameTaps let requests see the next frame of a source as it comes, before the
// trigger and the gate and whatever its size. Nothing is kept for them. The zero
// value works.
type frameTaps struct {
	mu      sync.Mutex
	waiting map[string][]chan camera.Frame // by source
}

// show gives a frame to those who wait for one of its source. From here on the
// frame is only read, by the writer too.
func (t *frameTaps) show(f camera.Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.waiting[f.Source] {
		c <- f // has room for one
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

// leave forgets one who does not wait any more.
func (t *frameTaps) leave(source string, c chan camera.Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[source] = slices.DeleteFunc(t.waiting[source], func(each chan camera.Frame) bool { return each == c })
	if len(t.waiting[source]) == 0 {
		delete(t.waiting, source)
	}
}

// NextPicture waits for the next good picture of a source and returns it as JPEG.
// The URI has no credentials; "" is the only source. Errors: client.ErrNothingFound,
// client.ErrNoPicture.
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
