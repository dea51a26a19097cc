package camera

import "sync"

// States of a source.
const (
	// StateConnecting: opened, nothing delivered or listed yet.
	StateConnecting = "connecting"
	// StateLive: working. A directory is live when it watches, also with
	// nothing new in it.
	StateLive = "live"
	// StateStalled: there, and silent for longer than it should be.
	StateStalled = "stalled"
	// StateFailed: gone; the source tries to get it back.
	StateFailed = "failed"
)

// Status is the state of a source, safe for concurrent use. Sources embed it.
// The zero value is connecting.
type Status struct {
	// changed is told every new state, by the goroutine that runs the source;
	// nil tells nobody.
	changed func(state string, err error)

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

// set replaces the state and reports whether state or error are others than
// before.
func (s *Status) set(state string, err error) bool {
	s.mu.Lock()
	other := s.state != state
	changed := other || (s.err == nil) != (err == nil) ||
		err != nil && s.err != nil && s.err.Error() != err.Error()
	s.state, s.err = state, err
	s.mu.Unlock()
	if other && s.changed != nil {
		s.changed(state, err)
	}
	return changed
}
