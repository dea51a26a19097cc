package storage

import (
	"context"
	"maps"
)

// Counters returns the counts since the store was made, those that wait for the
// next write included.
func (s *Store) Counters() Counters {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	c := s.state.current.Counters
	c.Reasons = maps.Clone(c.Reasons)
	c.add(s.state.pending)
	return c
}

// AddCount counts n frames that were seen and not stored. It costs no write:
// the count is stored with the next one, or by Flush or Close.
func (s *Store) AddCount(what Count, n uint64) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.pending.Seen += n
	switch what {
	case Gated:
		s.state.pending.Gated += n
	case Dropped:
		s.state.pending.Dropped += n
	case Untriggered:
		s.state.pending.Untriggered += n
	}
}

// Flush stores the counts and sightings and carries out the drops that wait, if
// there are any.
func (s *Store) Flush(ctx context.Context) error {
	if s.state.waiting().none() {
		return nil
	}
	return s.update(ctx, "store counters", func(txn) error { return nil })
}

// Heartbeat commits a transaction that changes nothing but the counts that wait: it
// returns once the disk has taken it, or said why not. Errors: ErrFull, ErrUnsafe.
func (s *Store) Heartbeat(ctx context.Context) error {
	return s.update(ctx, "probe store", func(txn) error { return nil })
}

// CountFrames returns the number of frames in the store.
func (s *Store) CountFrames() int {
	var n int
	s.state.read(func(st *state) { n = st.Frames })
	return n
}

// NextFrame is the number that the next frame will have, if nobody stores one in
// between.
func (s *Store) NextFrame() FrameID {
	var last FrameID
	s.state.read(func(st *state) { last = st.LastFrame })
	return last + 1
}

// CountVectors returns the number of frames with a vector of a checkpoint.
func (s *Store) CountVectors(cp CheckpointID) int {
	var n int
	s.state.read(func(st *state) { n = st.Vectors[cp] })
	return n
}

// BytesWritten returns what was handed to the disk since Open: pages of the
// database, without the file system's own writes.
func (s *Store) BytesWritten() uint64 { return s.written.Load() }
