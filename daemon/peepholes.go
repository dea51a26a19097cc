package daemon

import (
	"context"
	"sync"

	"edgeclr/camera"
)

// peepholes let requests see the next frame of a source as it comes, before
// the gate and whatever its size: nothing is kept for them. The zero value
// works.
type peepholes struct {
	mu      sync.Mutex
	waiting map[string][]chan<- camera.Frame // by source
}

// show gives a frame to those who wait for one of its source. The frame is
// only read from here on, also by ingest.
func (p *peepholes) show(f camera.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.waiting[f.Source] {
		c <- f // has room for one
	}
	delete(p.waiting, f.Source)
}

// next waits for the next frame of a source.
func (p *peepholes) next(ctx context.Context, source string) (camera.Frame, error) {
	c := make(chan camera.Frame, 1)
	p.mu.Lock()
	if p.waiting == nil {
		p.waiting = map[string][]chan<- camera.Frame{}
	}
	p.waiting[source] = append(p.waiting[source], c)
	p.mu.Unlock()
	select {
	case f := <-c:
		return f, nil
	case <-ctx.Done():
		p.leave(source, c)
		return camera.Frame{}, ctx.Err()
	}
}

// leave forgets one who does not wait any more.
func (p *peepholes) leave(source string, c chan<- camera.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.waiting[source][:0]
	for _, each := range p.waiting[source] {
		if each != c {
			left = append(left, each)
		}
	}
	if p.waiting[source] = left; len(left) == 0 {
		delete(p.waiting, source)
	}
}
