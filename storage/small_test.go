package storage

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
)

func TestLabels(t *testing.T) {
	s := openNew(t)
	addSamples(t, s, "", 6, 10)
	set := func(name string, ids ...FrameID) error { return s.SetLabel(t.Context(), ids, name) }
	want := func(want map[string]int) {
		t.Helper()
		if got, err := s.LabelCounts(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("labels %v, %v; want %v", got, err, want)
		}
	}
	want(map[string]int{})
	if err := set("Schraube ø8", 1, 2, 3); err != nil {
		t.Fatal(err)
	}
	if err := set("nut", 3, 4); err != nil {
		t.Fatal(err)
	}
	want(map[string]int{"Schraube ø8": 2, "nut": 2})
	wantErr(t, set("x", 5, 77), ErrNotFound)
	wantErr(t, set("tab\t", 5), ErrInvalid)
	want(map[string]int{"Schraube ø8": 2, "nut": 2})
	if err := set("", 1, 5); err != nil {
		t.Fatal(err)
	}
	want(map[string]int{"Schraube ø8": 1, "nut": 2})
	if f, err := s.Frame(3); err != nil || f.Label != "nut" {
		t.Errorf("frame 3 is %q, %v", f.Label, err)
	}
	if err := set("nothing"); err != nil {
		t.Error(err)
	}
}

func TestCounters(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	addSamples(t, s, "", 2, 10)
	before := s.BytesWritten()
	s.AddCount(Dropped, 3)
	s.AddCount(Gated, 4)
	s.AddCount(Untriggered, 5)
	if s.BytesWritten() != before {
		t.Error("counting wrote to the disk")
	}
	want := Counters{Seen: 14, Stored: 2, Gated: 4, Dropped: 3, Untriggered: 5, Reasons: map[string]uint64{}}
	if got := s.Counters(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.Counters(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v after Flush, want %+v", got, want)
	}
	before = s.BytesWritten()
	if err := s.Flush(t.Context()); err != nil || s.BytesWritten() != before {
		t.Errorf("flushing nothing: %v, wrote %d", err, s.BytesWritten()-before)
	}
	s.AddCount(Dropped, 1)
	want.Dropped, want.Seen = 4, 15
	if err := s.Close(); err != nil { // Close flushes
		t.Fatal(err)
	}
	s = open(t, dir, Options{})
	if got := s.Counters(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v after reopening, want %+v", got, want)
	}
}

// Readers, writers, a learner and retention at once; run it with -race.
func TestConcurrentUse(t *testing.T) {
	s := openNew(t)
	cp := putCheckpoint(t, s, 1)
	var wg sync.WaitGroup
	work := func(fn func(i int) error) {
		wg.Go(func() {
			for i := range 15 {
				if err := fn(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for w := range 2 {
		work(func(i int) error {
			f := sample(uint64(w*1000+i), 3000)
			f.Vector = floats(1, 8)
			f.Replay = &ReplayPicture{JPEG: noise(1, 500)}
			_, err := s.AddFrames(t.Context(), cp, []NewFrame{f, f})
			return err
		})
	}
	work(func(int) error { s.AddCount(Dropped, 1); return nil })
	work(func(i int) error { s.DropReplay(FrameID(i), FrameID(2*i)); return nil })
	work(func(int) error {
		return s.Replay(t.Context(), func(e ReplayEntry) error {
			if _, err := s.ReplayPicture(e.ID); !errors.Is(err, ErrNotFound) {
				return err
			}
			return nil
		})
	})
	work(func(i int) error { return s.SaveState(t.Context(), "l", i, tensors(uint64(i), 50_000)) })
	work(func(int) error { _, err := s.Tensors(t.Context(), cp); return err })
	work(func(int) error { _, err := s.Retain(t.Context(), Retention{MaxBytes: 1 << 20}); return err })
	work(func(int) error { return s.Frames(t.Context(), 0, func(Frame) error { return nil }) })
	work(func(int) error { _, err := s.MissingVectors(t.Context(), cp, 0); return err })
	work(func(int) error { r, err := s.Check(t.Context()); return anyErr(err, r) })
	wg.Wait()
	c := s.Counters()
	if c.Stored != 60 || c.Dropped != 15 || c.Seen != 75 {
		t.Errorf("counters %+v", c)
	}
}

func anyErr(err error, r CheckReport) error {
	if err == nil && !r.OK() {
		return fmt.Errorf("check: %v", r.Examples)
	}
	return err
}
