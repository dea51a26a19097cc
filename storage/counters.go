package storage

import (
	"context"
	"maps"
)

// Counters count frames since the store was made. Seen is the sum of the others.
type Counters struct {
	Seen        uint64            `json:"seen"`
	Stored      uint64            `json:"stored"`
	Gated       uint64            `json:"gated"`                 // near-duplicates, not stored
	Dropped     uint64            `json:"dropped"`               // not stored because the camera outran the board
	Untriggered uint64            `json:"untriggered,omitempty"` // not stored because the trigger was at rest
	Failed      uint64            `json:"failed"`                // could not be read or decoded
	Reasons     map[string]uint64 `json:"reasons,omitempty"`     // of Failed
}

func (c *Counters) add(o Counters) {
	c.Seen += o.Seen
	c.Stored += o.Stored
	c.Gated += o.Gated
	c.Dropped += o.Dropped
	c.Untriggered += o.Untriggered
	c.Failed += o.Failed
}

func (c *Counters) subtract(o Counters) {
	c.Seen -= o.Seen
	c.Stored -= o.Stored
	c.Gated -= o.Gated
	c.Dropped -= o.Dropped
	c.Untriggered -= o.Untriggered
	c.Failed -= o.Failed
}

// Count is a counter for Store.AddCount.
type Count int

// What Store.AddCount counts.
const (
	Gated Count = iota
	Dropped
	Untriggered
)

// AddCount counts n frames that were seen and not stored. It costs no write: see
// Flush.
func (s *Store) AddCount(what Count, n uint64) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	c := &s.state.pending.counts
	c.Seen += n
	switch what {
	case Gated:
		c.Gated += n
	case Dropped:
		c.Dropped += n
	case Untriggered:
		c.Untriggered += n
	}
}

// Counters returns the counts, the pending ones included.
func (s *Store) Counters() Counters {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	c := s.state.committed.Counters
	c.Reasons = maps.Clone(c.Reasons)
	c.add(s.state.pending.counts)
	return c
}

// Flush writes what AddCount, AddSighting and DropReplay left pending. It writes
// nothing if nothing is pending. Every other write does the same, and so does
// Close.
func (s *Store) Flush(ctx context.Context) error {
	if s.state.snapshot().empty() {
		return nil
	}
	return s.update(ctx, "store counters", func(txn) error { return nil })
}

// Heartbeat proves that the disk takes writes. It commits a transaction even if
// nothing is pending, and returns when the disk has it. Errors: ErrFull,
// ErrUnsafe.
func (s *Store) Heartbeat(ctx context.Context) error {
	return s.update(ctx, "write heartbeat to", func(txn) error { return nil })
}

// CountFrames returns the number of frames in the store.
func (s *Store) CountFrames() int {
	var n int
	s.state.read(func(st *state) { n = st.Frames })
	return n
}

// NextFrame returns the number that the next stored frame gets.
func (s *Store) NextFrame() FrameID {
	var last FrameID
	s.state.read(func(st *state) { last = st.LastFrame })
	return last + 1
}
