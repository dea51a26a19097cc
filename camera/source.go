package camera

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Source delivers frames.
type Source interface {
	// URI identifies the source in the store and in reports: the URI that the
	// source was opened with, with absolute paths and without credentials.
	URI() string

	// Run delivers frames until ctx ends, the source has no more, or it fails
	// for good. The first two return nil. Run calls emit from one goroutine and
	// waits for it; an error of emit ends Run with that error. When Run returns,
	// everything that it started has ended. Run is called once.
	Run(ctx context.Context, emit func(context.Context, Frame) error) error

	// State returns one of the State constants. err is what is wrong or, while
	// live, what does not work as well as it should. State is safe for
	// concurrent use.
	State() (state string, err error)
}

// Why a source could not be opened.
var (
	// ErrUnknownSource: no source has the URI's scheme.
	ErrUnknownSource = errors.New("unknown source")

	// ErrBadURI: the scheme exists and the rest of the URI is wrong.
	ErrBadURI = errors.New("bad source URI")

	// ErrBadOption: the URI is good and its [LiveOptions] are wrong, or the
	// source takes none.
	ErrBadOption = errors.New("bad source option")
)

// States of a source.
const (
	// StateConnecting: opened, nothing delivered or listed yet.
	StateConnecting = "connecting"
	// StateLive: working. A directory is live while it is watched, even when no
	// file arrives.
	StateLive = "live"
	// StateStalled: the camera is open and has been silent for too long.
	StateStalled = "stalled"
	// StateFailed: not available; the source tries to get it back.
	StateFailed = "failed"
)

// Status holds the state of a source. Sources embed it. It is safe for
// concurrent use. The zero value is connecting.
type Status struct {
	// Changed is called whenever the state changes, by the goroutine that runs
	// the source. A new error alone does not call it. It may be nil.
	Changed func(state string, err error)

	mu    sync.Mutex
	state string
	err   error
}

// State returns the state and the error or warning that belongs to it.
func (s *Status) State() (state string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == "" {
		return StateConnecting, nil
	}
	return s.state, s.err
}

// SetState replaces the state. It reports whether the state or the text of the
// error is new.
func (s *Status) SetState(state string, err error) bool {
	s.mu.Lock()
	newState := s.state != state
	changed := newState || (s.err == nil) != (err == nil) ||
		err != nil && s.err != nil && s.err.Error() != err.Error()
	s.state, s.err = state, err
	s.mu.Unlock()
	if newState && s.Changed != nil {
		s.Changed(state, err)
	}
	return changed
}

// Counters count what a live source did since it was opened.
type Counters struct {
	Frames     uint64 // delivered
	Damaged    uint64 // truncated or corrupt pictures, left out
	Skipped    uint64 // beyond the rate, left out before decoding
	Reconnects uint64 // times that the source opened the camera again, or tried to

	// LastFrame is how long ago the last picture came, used or skipped;
	// negative when none has come. It follows the monotonic clock.
	LastFrame time.Duration
}
