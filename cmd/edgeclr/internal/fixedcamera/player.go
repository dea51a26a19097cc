package fixedcamera

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// player shows a clip as a network camera does: an endless MJPEG stream at an address of
// this machine, in a loop and at the clip's rate.
type player struct {
	server   http.Server
	listener net.Listener
	frame    func(ctx context.Context, i int) ([]byte, error) // as JPEG
	count    int
	rate     float64 // frames a second
	begun    time.Time

	serving sync.WaitGroup
	mu      sync.Mutex
	failed  error // the first error of frame
}

// playerBoundary separates the pictures of the stream.
const playerBoundary = "frame"

// play begins to show count frames. Close ends it.
func play(count int, rate float64, frame func(ctx context.Context, i int) ([]byte, error)) (*player, error) {
	p := &player{frame: frame, count: count, rate: rate, begun: time.Now()}
	var err error
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("a port of this machine for the looped clip: %w", err)
	}
	p.server.Handler = http.HandlerFunc(p.stream)
	p.serving.Go(func() { _ = p.server.Serve(p.listener) }) // until Close
	return p, nil
}

// URI is the address of the stream as a source.
func (p *player) URI() string { return fmt.Sprintf("http://%s/clip.mjpeg", p.listener.Addr()) }

// stream sends the frames. A slow reader misses frames: the clip goes on.
func (p *player) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+playerBoundary)
	period := time.Duration(float64(time.Second) / p.rate)
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		i := int(time.Since(p.begun)/period) % p.count
		data, err := p.frame(r.Context(), i)
		if err != nil {
			p.fail(err)
			return
		}
		_, err = fmt.Fprintf(w, "--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", playerBoundary, len(data), data)
		if err != nil {
			return // the reader is gone
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

func (p *player) fail(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		p.failed = err
	}
}

// Close ends the stream and waits for it. It returns the error of a frame that could not
// be shown.
func (p *player) Close() error {
	err := p.server.Close()
	p.serving.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return errors.Join(err, p.failed)
}
