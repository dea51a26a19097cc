package sources

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/wait"
)

// connectTimeout bounds the opening of a camera.
const connectTimeout = 15 * time.Second

// liveSource supervises a camera: it opens it, delivers its pictures, and opens it
// again after every end, with growing pauses (see backoff). Kinds of cameras
// differ only in their connectFunc.
//
// The state is connecting until the first opening succeeds or fails; live from the
// first good picture; stalled when none came for LiveOptions.Stall; failed when
// the camera cannot be opened, ends its stream, or sends only damaged pictures.
// Stalled and failed stay, with their reason, until a good picture comes.
type liveSource struct {
	camera.Status
	counters
	uri     string
	opt     Options
	connect connectFunc
	backoff backoff // used by Run only
}

// newLive makes a source of the camera that connect opens. The URI must hold no
// credentials. opt must be checked and have its defaults.
func newLive(uri string, opt Options, connect connectFunc) camera.Source {
	opt.Live = opt.Live.WithDefaults()
	opt.Log = opt.Log.With("source", uri)
	return &liveSource{Status: camera.Status{Changed: opt.Changed}, uri: uri, opt: opt, connect: connect,
		backoff: backoff{first: firstPause, longest: longestPause}}
}

// URI implements [camera.Source].
func (s *liveSource) URI() string { return s.uri }

// Run implements [camera.Source]. A camera has no end, so only ctx and an error of
// emit end Run.
func (s *liveSource) Run(ctx context.Context, emit func(context.Context, camera.Frame) error) error {
	for {
		v := &session{liveSource: s, emit: emit, rate: rateLimit{period: s.opt.Live.Period()}}
		err := v.run(ctx)
		var emitting *emitError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &emitting):
			return emitting.err
		}
		state := camera.StateFailed
		if errors.Is(err, errStalled) {
			state = camera.StateStalled
		}
		pause := s.backoff.next(v.goodFor())
		s.SetState(state, err)
		s.opt.Log.Debug("the camera is opened again", "after", pause, "state", state, "error", err)
		if !wait.For(ctx, pause) {
			return nil
		}
		s.count(func(c *camera.Counters) { c.Reconnects++ })
	}
}

// errStalled says that a camera is there and silent.
var errStalled = errors.New("no picture")

// emitError is an error of the consumer. It ends the source.
type emitError struct{ err error }

func (e *emitError) Error() string { return fmt.Sprintf("handing a frame over: %v", e.err) }

const (
	firstPause   = time.Second
	longestPause = 30 * time.Second

	// goodEnough is how long pictures must come before the pauses begin at
	// firstPause again.
	goodEnough = 10 * time.Second
)

// backoff gives the pauses before a camera is opened again: 1, 2, 4, 8, 16, then
// 30 seconds without end. It begins at 1 again after a camera was live for ten
// seconds, but not after one that answers and breaks at once.
type backoff struct {
	first, longest time.Duration
	pause          time.Duration // 0: first
}

// next returns the pause after a session that delivered good pictures for that time.
func (b *backoff) next(goodFor time.Duration) time.Duration {
	if b.pause == 0 || goodFor >= goodEnough {
		b.pause = b.first
	}
	pause := b.pause
	b.pause = min(2*b.pause, b.longest)
	return pause
}

// counters count what a source does. They are safe for concurrent use.
type counters struct {
	mu       sync.Mutex
	counters camera.Counters
	last     time.Time // when the last picture came
}

// Counters returns the current numbers.
func (c *counters) Counters() camera.Counters {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.counters
	now.LastFrame = -1
	if !c.last.IsZero() {
		now.LastFrame = time.Since(c.last)
	}
	return now
}

// count changes the numbers.
func (c *counters) count(change func(c *camera.Counters)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.counters)
}

// sawPicture notes that a picture came just now.
func (c *counters) sawPicture() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = time.Now()
}
