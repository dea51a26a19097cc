package ingest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/gpio"
	"edgeclr/camera/rgb"
)

// Live frames are dropped, oldest first, and counted when the board is too slow.
// Files wait.
func TestBackPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, dropped := newQueues(), 0 // nobody takes frames
		drop := func() { dropped++ }
		for i := range liveQueue + 5 {
			if err := q.put(t.Context(), camera.Frame{Path: string(rune('a' + i))}, drop); err != nil {
				t.Fatal(err)
			}
		}
		if dropped != 5 {
			t.Errorf("%d dropped", dropped)
		}
		if f := <-q.live; f.Path != "f" {
			t.Errorf("the oldest frame left is %q", f.Path)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for i := range fileQueue + 1 {
			err := q.put(ctx, camera.Frame{File: &camera.FileState{}}, drop)
			if full := i == fileQueue; (err != nil) != full {
				t.Errorf("file %d: %v", i, err)
			}
		}
		if dropped != 5 {
			t.Errorf("%d dropped, and files are never", dropped)
		}
	})
}

// Live frames that wait take no more memory than liveBytes, except that one frame may
// wait however large it is.
func TestLiveQueueIsBounded(t *testing.T) {
	q, dropped := newQueues(), 0 // nobody takes frames
	put := func(side int) {
		t.Helper()
		if err := q.put(t.Context(), camera.Frame{Image: rgb.New(side, side)}, func() { dropped++ }); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		put(8)
	}
	if n := len(q.live); n != liveQueue {
		t.Errorf("%d small frames wait", n)
	}
	for range 10 {
		put(2000) // of 12 MB
	}
	if n, held := len(q.live), q.bytes.Load(); n != 5 || held != 5*3*2000*2000 {
		t.Errorf("%d large frames wait, %d bytes", n, held)
	}
	put(5000) // of 75 MB
	if n := len(q.live); n != 1 {
		t.Errorf("%d frames wait, want the large one", n)
	}
	if dropped != 30 {
		t.Errorf("%d of 31 were dropped", dropped)
	}
}

// The store counts the live frames that a full queue drops.
func TestDropsAreCounted(t *testing.T) {
	h := newHarness(t, nil)
	h.controls = &gpio.Controls{} // no pins; not started, so that nobody takes frames
	for range liveQueue + 5 {
		if err := h.Emit(t.Context(), camera.Frame{Image: rgb.New(8, 8)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.Store.Counters().Dropped; n != 5 {
		t.Errorf("%d dropped", n)
	}
}
