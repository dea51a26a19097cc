package camera

import (
	"context"
	"errors"
	"fmt"
	"time"

	"edgeclr/camera/wait"
)

// connectTimeout bounds the opening of a camera.
const connectTimeout = 15 * time.Second

// liveSource is the supervisor of a camera: it opens it, hands its pictures
// over, and opens it again after every end, with growing pauses (see pauses).
// What differs between kinds of cameras is in its connectFunc.
//
// Its state is connecting until the first opening succeeds or fails; live from the
// first good picture; stalled when none came for LiveOptions.Stall; failed
// when the camera cannot be opened, ends its stream, or sends nothing but
// damaged pictures. The last two stay, with their reason, until a good picture comes.
type liveSource struct {
	Status
	tally
	uri     string
	opt     OpenOptions
	connect connectFunc
	pauses  pauses // of Run
}

// newLive makes a source of what connect opens. The URI holds no credentials.
// The options are checked, and those that Open fills are filled.
func newLive(uri string, opt OpenOptions, connect connectFunc) Source {
	opt.Live = opt.Live.withDefaults()
	opt.Log = opt.Log.With("source", uri)
	return &liveSource{Status: Status{changed: opt.Changed}, uri: uri, opt: opt, connect: connect,
		pauses: pauses{first: firstPause, last: lastPause}}
}

// URI implements [Source].
func (s *liveSource) URI() string { return s.uri }

// Run implements [Source]. A camera has no end: only ctx and an error of emit
// end it.
func (s *liveSource) Run(ctx context.Context, emit func(context.Context, Frame) error) error {
	for {
		v := &visit{liveSource: s, emit: emit, pace: pace{period: s.opt.Live.period()}}
		err := v.run(ctx)
		var handing *emitError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &handing):
			return handing.err
		}
		state := StateFailed
		if errors.Is(err, errStalled) {
			state = StateStalled
		}
		pause := s.pauses.after(v.lived())
		s.set(state, err)
		s.opt.Log.Debug("the camera is opened again", "after", pause, "state", state, "error", err)
		if !wait.For(ctx, pause) {
			return nil
		}
		s.count(false, func(c *Counters) { c.Reconnects++ })
	}
}

// errStalled says that a camera is there and silent.
var errStalled = errors.New("no picture")

// emitError is an error of the consumer, which ends the source.
type emitError struct{ err error }

func (e *emitError) Error() string { return fmt.Sprintf("handing a frame over: %v", e.err) }
