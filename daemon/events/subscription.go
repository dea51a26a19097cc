package events

import (
	"context"
	"sync"

	"edgeclr/storage"
)

// Listener handles events.
type Listener struct {
	// Capacity is how many events may wait in the queue, at least 1.
	Capacity int
	// Handle is called with one event at a time. Missed is how many events were lost
	// between the last one and this one. It may publish, and must not close its own
	// subscription.
	Handle func(e storage.Event, missed int)
}

// Subscription connects a listener to a bus. It has the listener's queue.
type Subscription struct {
	listener Listener
	leave    func(*Subscription) // takes it off the bus
	done     chan struct{}       // closed when the goroutine has ended
	wake     chan struct{}       // capacity 1; signals that queue or ended has changed

	mu       sync.Mutex
	queue    []storage.Event // oldest first
	missed   int             // events lost since the listener was given the last one
	accepted uint64          // events put in the queue
	settled  uint64          // of those, handled or lost
	settling chan struct{}   // closed and replaced when settled grows
	ended    bool            // no more events come
}

func newSubscription(l Listener, leave func(*Subscription)) *Subscription {
	l.Capacity = max(l.Capacity, 1)
	s := &Subscription{listener: l, leave: leave, done: make(chan struct{}), wake: make(chan struct{}, 1), settling: make(chan struct{})}
	go s.run()
	return s
}

// Close takes the subscription off the bus. It returns when the listener has handled
// all events of the queue.
func (s *Subscription) Close() {
	s.leave(s)
	s.end()
	<-s.done
}

// Flush returns when the listener has handled, or lost, all events that were
// published before the call. Its only error is that of ctx.
func (s *Subscription) Flush(ctx context.Context) error {
	s.mu.Lock()
	target := s.accepted
	s.mu.Unlock()
	for {
		s.mu.Lock()
		settled, settling := s.settled, s.settling
		s.mu.Unlock()
		if settled >= target {
			return nil
		}
		select {
		case <-settling:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// put appends an event to the queue. A full queue loses its oldest event.
func (s *Subscription) put(e storage.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	if len(s.queue) == s.listener.Capacity {
		s.queue = s.queue[1:]
		s.missed++
	}
	s.queue = append(s.queue, e)
	s.accepted++
	s.signal()
}

// end lets the goroutine end once the queue is empty.
func (s *Subscription) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.signal()
}

func (s *Subscription) signal() {
	select {
	case s.wake <- struct{}{}:
	default: // a signal waits already
	}
}

// run calls the listener until the subscription ends and its queue is empty.
func (s *Subscription) run() {
	defer close(s.done)
	for {
		e, missed, ok := s.take()
		if !ok {
			return
		}
		s.listener.Handle(e, missed)
		s.settle(missed + 1)
	}
}

// take waits for the next event. It returns false when the queue is empty and the
// subscription has ended.
func (s *Subscription) take() (e storage.Event, missed int, ok bool) {
	for {
		s.mu.Lock()
		if len(s.queue) > 0 {
			e, missed, ok = s.queue[0], s.missed, true
			s.queue, s.missed = s.queue[1:], 0
		}
		ended := s.ended
		s.mu.Unlock()
		if ok || ended {
			return e, missed, ok
		}
		<-s.wake
	}
}

// settle counts events that were handled or lost.
func (s *Subscription) settle(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled += uint64(n)
	close(s.settling)
	s.settling = make(chan struct{})
}
