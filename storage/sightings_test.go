package storage

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"sync"
	"testing"
	"time"
)

// second returns the n-th second of a day.
func second(n int) time.Time { return time.Date(2026, 3, 1, 0, 0, n, 5, time.UTC) }

// sight counts a sighting of a frame at each of the seconds.
func sight(t *testing.T, s *Store, id FrameID, seconds ...int) {
	t.Helper()
	for _, n := range seconds {
		if err := s.AddSighting(id, second(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// wantSightings expects that the first 20 frames have these sightings and no others.
func wantSightings(t *testing.T, s *Store, want map[FrameID]Sightings) {
	t.Helper()
	var ids []FrameID
	for id := FrameID(1); id <= 20; id++ {
		ids = append(ids, id)
	}
	if got, err := s.Sightings(ids...); err != nil || !maps.Equal(got, want) {
		t.Errorf("sightings %+v, %v, want %+v", got, err, want)
	}
}

func TestSightings(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, s *Store) error // writes the pending sightings
	}{
		{"flush", func(t *testing.T, s *Store) error { return s.Flush(t.Context()) }},
		{"another write", func(t *testing.T, s *Store) error { return s.AddEvent(t.Context(), Event{Kind: "x"}) }},
		{"close", func(_ *testing.T, s *Store) error { return s.Close() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, Options{})
			addSamples(t, s, "", 5, 100)
			before := s.BytesWritten()
			sight(t, s, 2, 10, 11, 9) // the clock was set back: what came last is the last
			sight(t, s, 4, 20)
			sight(t, s, 7, 30) // there is no such frame
			want := map[FrameID]Sightings{2: {3, second(10), second(9)}, 4: {1, second(20), second(20)}}
			wantSightings(t, s, want)
			if s.BytesWritten() != before {
				t.Error("counting wrote to the disk")
			}
			if err := tt.do(t, s); err != nil {
				t.Fatal(err)
			}
			_ = s.Close()

			s = open(t, dir, Options{})
			wantSightings(t, s, want)
			sight(t, s, 2, 40)
			want[2] = Sightings{4, second(10), second(40)}
			wantSightings(t, s, want)
			closeStore(t, s)
			s = open(t, dir, Options{ReadOnly: true})
			wantSightings(t, s, want)
			wantErr(t, s.AddSighting(2, second(50)), ErrReadOnly)
			if r, err := s.Check(t.Context()); err != nil || r.Sightings != 2 {
				t.Errorf("check %+v, %v", r, err)
			}
		})
	}
}

// A write that fails leaves sightings pending. A crash loses the pending ones, and
// a backup has them.
func TestPendingSightings(t *testing.T) {
	s := openNew(t)
	addSamples(t, s, "", 3, 100)
	sight(t, s, 1, 1)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	sight(t, s, 1, 2)
	sight(t, s, 3, 3)
	fail := errors.New("no")
	if err := s.update(t.Context(), "test", func(txn) error { return fail }); !errors.Is(err, fail) {
		t.Fatal(err)
	}
	all := map[FrameID]Sightings{1: {2, second(1), second(2)}, 3: {1, second(3), second(3)}}
	wantSightings(t, s, all)
	crashed, copied := t.TempDir(), t.TempDir()
	db, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	writeStore(t, crashed, s.Dir(), db)
	wantSightings(t, open(t, crashed, Options{}), map[FrameID]Sightings{1: {1, second(1), second(1)}})
	var b bytes.Buffer
	if _, err := s.Backup(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	writeStore(t, copied, s.Dir(), b.Bytes())
	wantSightings(t, open(t, copied, Options{}), all)
}

// Retention deletes the sightings of its frames, the pending ones included. Later
// ones are not counted.
func TestRetainDeletesSightings(t *testing.T) {
	ck := newClock()
	dir := t.TempDir()
	s := open(t, dir, Options{Now: ck.time})
	addSamples(t, s, "", 6, 100)
	sight(t, s, 1, 1)
	sight(t, s, 2, 2)
	sight(t, s, 6, 6)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.SetLabel(t.Context(), []FrameID{2}, "bolt"); err != nil {
		t.Fatal(err)
	}
	sight(t, s, 1, 3)
	sight(t, s, 3, 4)
	ck.advance(10 * day)
	if r := mustRetain(t, s, Retention{MaxAge: day, KeepNewest: 2}); r.Frames != 3 {
		t.Errorf("%+v", r)
	}
	sight(t, s, 4, 5)
	want := map[FrameID]Sightings{2: {1, second(2), second(2)}, 6: {1, second(6), second(6)}}
	wantSightings(t, s, want)
	closeStore(t, s)
	if _, _, err := Compact(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	wantSightings(t, open(t, dir, Options{}), want)
}

// The number of frames with pending sightings is bounded. Those that have some go
// on being counted.
func TestSightingsAreBounded(t *testing.T) {
	s := openNew(t)
	addSamples(t, s, "", 2, 10)
	sight(t, s, 1, 1)
	for n := range maxPendingSightings { // frames that are gone by the next write
		s.state.setSightings(FrameID(1000+n), Sightings{Count: 1})
	}
	sight(t, s, 1, 2)
	sight(t, s, 2, 3)
	wantSightings(t, s, map[FrameID]Sightings{1: {2, second(1), second(2)}})
	if n := len(s.state.snapshot().sightings); n != maxPendingSightings {
		t.Errorf("%d are pending", n)
	}
}

// No sighting is lost or counted twice while commits write them.
func TestSightingsAtOnce(t *testing.T) {
	s := openNew(t)
	addSamples(t, s, "", 1, 10)
	const workers, each = 4, 250
	var running, flushing sync.WaitGroup
	for range workers {
		running.Go(func() {
			for n := range each {
				if err := s.AddSighting(1, second(n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	flushing.Go(func() {
		for last := uint64(0); ; {
			found, err := s.Sightings(1)
			if n := found[1].Count; err != nil || n < last {
				t.Errorf("%d sightings after %d, %v", n, last, err)
			} else {
				last = n
			}
			if err := s.Flush(t.Context()); err != nil {
				t.Error(err)
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	running.Wait()
	close(done)
	flushing.Wait()
	if found, err := s.Sightings(1); err != nil || found[1].Count != workers*each {
		t.Errorf("%+v, %v", found, err)
	}
}

// A damaged record does not affect the others. It is counted from zero again.
func TestSightingsDamaged(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	addSamples(t, s, "", 3, 100)
	for id := FrameID(1); id <= 3; id++ {
		sight(t, s, id, int(id))
	}
	closeStore(t, s)
	flipPayload(t, dir, Sightings{1, second(2), second(2)}.append(nil))
	s, err := Open(t.Context(), dir, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found, err := s.Sightings(1, 2, 3)
	if wantErr(t, err, ErrCorrupt); len(found) != 2 || found[3].Count != 1 {
		t.Errorf("sightings %+v", found)
	}
	if r, err := s.Check(t.Context()); err != nil || r.Problems != 1 {
		t.Errorf("check %+v, %v", r, err)
	}
	sight(t, s, 2, 9)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantSightings(t, s, map[FrameID]Sightings{
		1: {1, second(1), second(1)}, 2: {1, second(9), second(9)}, 3: {1, second(3), second(3)},
	})
	if r, err := s.Check(t.Context()); err != nil || !r.OK() {
		t.Errorf("check after counting anew: %+v, %v", r, err)
	}
}
