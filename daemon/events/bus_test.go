package events

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"edgeclr/storage"
)

// TestMain fails when a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stamps counts ids up.
func stamps() func(storage.Event) storage.Event {
	last := uint64(0)
	return func(e storage.Event) storage.Event {
		if e.ID == 0 {
			last++
			e.ID = last
		}
		return e
	}
}

// recorder is a listener that remembers what it was told.
type recorder struct {
	mu     sync.Mutex
	ids    []uint64
	missed []int
	gate   chan struct{} // Handle waits until it is closed; nil: it does not wait
}

func (r *recorder) listener(capacity int) Listener {
	return Listener{Capacity: capacity, Handle: func(e storage.Event, missed int) {
		if r.gate != nil {
			<-r.gate
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ids, r.missed = append(r.ids, e.ID), append(r.missed, missed)
	}}
}

func (r *recorder) want(t *testing.T, ids []uint64, missed []int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Equal(r.ids, ids) || !slices.Equal(r.missed, missed) {
		t.Errorf("told of %v with %v missed, want %v with %v", r.ids, r.missed, ids, missed)
	}
}

// A second listener is one line: it gets every event that comes after it, in order.
func TestSecondListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first, second recorder
		b := NewBus(stamps())
		b.Listen(first.listener(10))
		b.Publish(storage.Event{Kind: storage.EventConfig})
		b.Listen(second.listener(10)) // the one line
		b.Publish(storage.Event{Kind: storage.EventLearn})
		b.Publish(storage.Event{ID: 70, Kind: storage.EventPromote}) // the store has stamped it
		synctest.Wait()
		first.want(t, []uint64{1, 2, 70}, []int{0, 0, 0})
		second.want(t, []uint64{2, 70}, []int{0, 0})
		b.Close()
	})
}

// A listener that hangs holds up neither the publisher nor the other listeners.
// It loses the oldest events and learns how many.
func TestSlowListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, quick := recorder{gate: make(chan struct{})}, recorder{}
		b := NewBus(stamps())
		b.Listen(slow.listener(3))
		b.Listen(quick.listener(3))
		for range 8 {
			b.Publish(storage.Event{})
			synctest.Wait()
		}
		quick.want(t, []uint64{1, 2, 3, 4, 5, 6, 7, 8}, make([]int, 8))
		slow.want(t, nil, nil)
		close(slow.gate)
		synctest.Wait()
		// It held the first, three waited, and the four between were lost.
		slow.want(t, []uint64{1, 6, 7, 8}, []int{0, 4, 0, 0})
		b.Publish(storage.Event{})
		b.Close()
		slow.want(t, []uint64{1, 6, 7, 8, 9}, []int{0, 4, 0, 0, 0})
	})
}

// Close hands over all that was published, however slow the listener is.
func TestCloseHandsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []uint64
		b := NewBus(stamps())
		b.Listen(Listener{Capacity: 100, Handle: func(e storage.Event, _ int) {
			time.Sleep(time.Second)
			told = append(told, e.ID)
		}})
		for range 20 {
			b.Publish(storage.Event{})
		}
		begun := time.Now()
		b.Close()
		if took := time.Since(begun); len(told) != 20 || told[19] != 20 || took != 20*time.Second {
			t.Errorf("told of %v in %v", told, took)
		}
		b.Publish(storage.Event{})
		b.Close()
		late := b.Listen(Listener{Handle: func(storage.Event, int) { t.Error("told of an event after Close") }})
		late.Close()
		if len(told) != 20 {
			t.Errorf("told of %v after Close", told)
		}
	})
}

// A subscription that is closed gets what came before and nothing after.
func TestCloseSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left, stays recorder
		b := NewBus(stamps())
		sub := b.Listen(left.listener(10))
		b.Listen(stays.listener(10))
		b.Publish(storage.Event{})
		sub.Close()
		b.Publish(storage.Event{})
		sub.Close()
		b.Close()
		left.want(t, []uint64{1}, []int{0})
		stays.want(t, []uint64{1, 2}, []int{0, 0})
	})
}

// Flush waits for what was published before it, the lost events included.
func TestFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := recorder{gate: make(chan struct{})}
		b := NewBus(stamps())
		sub := b.Listen(r.listener(2))
		if err := sub.Flush(t.Context()); err != nil {
			t.Errorf("nothing was published: %v", err)
		}
		for range 6 {
			b.Publish(storage.Event{})
			synctest.Wait()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := sub.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the listener hangs: %v", err)
		}
		close(r.gate)
		if err := sub.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		r.want(t, []uint64{1, 5, 6}, []int{0, 3, 0})
		b.Close()
	})
}

// Many publish at once, listeners come and go: each gets ascending ids, and what
// is not lost is complete.
func TestConcurrentPublishers(t *testing.T) {
	const publishers, each = 8, 200
	var all recorder
	b := NewBus(stamps())
	b.Listen(all.listener(publishers * each))
	var wg sync.WaitGroup
	for range publishers {
		wg.Go(func() {
			for range each {
				b.Publish(storage.Event{})
			}
		})
		wg.Go(func() {
			var guest recorder
			sub := b.Listen(guest.listener(4))
			_ = sub.Flush(t.Context())
			sub.Close()
			if !slices.IsSorted(guest.ids) {
				t.Errorf("a guest was told of %v", guest.ids)
			}
		})
	}
	wg.Wait()
	b.Close()
	if len(all.ids) != publishers*each || !slices.IsSorted(all.ids) {
		t.Errorf("told of %d events, sorted: %v", len(all.ids), slices.IsSorted(all.ids))
	}
}

// All events that were published before Close are in the store, even as many as the
// store keeps.
func TestStoreLosesNothing(t *testing.T) {
	st, err := storage.Open(t.Context(), t.TempDir(), storage.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	b := NewBus(st.Stamp)
	b.Listen(ToStore(st, slog.New(slog.DiscardHandler)))
	for i := range storage.MaxEvents {
		b.Publish(storage.Event{Kind: storage.EventSource, Source: "dir:/belt", Text: fmt.Sprint(i), Data: map[string]any{"n": i}})
	}
	b.Close()
	list, err := st.Events(t.Context(), 0)
	if err != nil || len(list) != storage.MaxEvents {
		t.Fatalf("%d events, %v", len(list), err)
	}
	for i, e := range list {
		if e.ID != uint64(i)+1 || e.Text != fmt.Sprint(i) || e.Data["n"] != float64(i) || e.Source != "dir:/belt" || e.Time.IsZero() {
			t.Fatalf("event %d is %+v", i, e)
		}
	}
}

// refusing is a store that takes no events.
type refusing struct{}

func (refusing) AddEvent(context.Context, storage.Event) error { return storage.ErrFull }

// The log has every event, and what the store does not take.
func TestLog(t *testing.T) {
	var text bytes.Buffer
	log := slog.New(slog.NewTextHandler(&text, nil))
	b := NewBus(stamps())
	b.Listen(ToLog(log))
	b.Publish(storage.Event{Kind: storage.EventSource, Source: "v4l2:/dev/video0", Text: "source v4l2:/dev/video0 is live"})
	b.Close()
	b = NewBus(stamps())
	b.Listen(ToStore(refusing{}, log))
	b.Publish(storage.Event{Kind: storage.EventConfig})
	b.Close()
	for _, want := range []string{`msg="source v4l2:/dev/video0 is live" event=source id=1 source=v4l2:/dev/video0`, "the event was not stored", storage.ErrFull.Error()} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, text.String())
		}
	}
}

// Numbers that JSON cannot express do not cost the event.
func TestNumbersJSONCannotExpress(t *testing.T) {
	var got storage.Event
	b := NewBus(stamps())
	b.Listen(Listener{Handle: func(e storage.Event, _ int) { got = e }})
	b.Publish(storage.Event{Data: map[string]any{"loss": math.NaN(), "rate": math.Inf(1), "steps": 120}})
	b.Close()
	if got.Data["loss"] != "NaN" || got.Data["rate"] != "+Inf" || got.Data["steps"] != 120 {
		t.Errorf("data %v", got.Data)
	}
}
