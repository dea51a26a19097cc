package events

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"edgeclr/storage"
)

// Bus hands events to its listeners. It is safe for concurrent use.
type Bus struct {
	stamp func(storage.Event) storage.Event

	mu            sync.Mutex // also keeps ids and queues in one order
	subscriptions []*Subscription
	closed        bool
}

// NewBus makes a bus. Stamp gives an event its id and time, where it has none: see
// [storage.Store.Stamp].
func NewBus(stamp func(storage.Event) storage.Event) *Bus {
	return &Bus{stamp: stamp}
}

// Listen starts to hand events to a listener. The caller, or Close of the bus,
// closes the subscription.
func (b *Bus) Listen(l Listener) *Subscription {
	s := newSubscription(l, b.leave)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		s.end()
	} else {
		b.subscriptions = append(b.subscriptions, s)
	}
	return s
}

// Publish gives the event its id and time where it has none, and puts it in the
// queue of every listener. After Close it does nothing.
func (b *Bus) Publish(e storage.Event) {
	e.Data = encodable(e.Data)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	e = b.stamp(e)
	for _, s := range b.subscriptions {
		s.put(e)
	}
}

// encodable replaces numbers that JSON cannot express (NaN, infinities) by text, in
// place.
func encodable(data map[string]any) map[string]any {
	for key, value := range data {
		if f, ok := value.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			data[key] = fmt.Sprint(f)
		}
	}
	return data
}

// Close ends every subscription and waits until the listeners have handled all events
// that were published. Closing again does nothing.
func (b *Bus) Close() {
	b.mu.Lock()
	b.closed = true
	all := b.subscriptions
	b.subscriptions = nil
	b.mu.Unlock()
	for _, s := range all {
		s.end()
	}
	for _, s := range all {
		<-s.done
	}
}

// leave takes a subscription off the bus.
func (b *Bus) leave(s *Subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = slices.DeleteFunc(b.subscriptions, func(each *Subscription) bool { return each == s })
}
