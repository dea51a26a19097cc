package storage

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestEvents(t *testing.T) {
	dir := t.TempDir()
	ck := newClock()
	s := open(t, dir, Options{Now: ck.time})
	for i := range MaxEvents + 50 {
		if err := s.AddEvent(t.Context(), Event{Kind: "test", Text: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	s = open(t, dir, Options{Now: ck.time})
	for _, tt := range []struct{ n, want, first int }{
		{0, MaxEvents, 50}, {-1, MaxEvents, 50}, {5000, MaxEvents, 50}, {3, 3, MaxEvents + 47}, {1, 1, MaxEvents + 49},
	} {
		list, err := s.Events(t.Context(), tt.n)
		if err != nil || len(list) != tt.want {
			t.Fatalf("Events(%d): %d, %v; want %d", tt.n, len(list), err, tt.want)
		}
		want := Event{ID: uint64(tt.first) + 1, Time: ck.now, Kind: "test", Text: fmt.Sprint(tt.first)}
		if !reflect.DeepEqual(list[0], want) {
			t.Errorf("Events(%d) begins with %+v, want %+v", tt.n, list[0], want)
		}
	}
}

// An event comes back as it was stored, with its id, source and data.
func TestEventFields(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	want := s.Stamp(Event{Time: time.Unix(1e9, 5).UTC(), Kind: EventSource, Source: "v4l2:/dev/video0",
		Text: "source v4l2:/dev/video0 is stalled", Data: map[string]any{"state": "stalled", "omitted": 3.0}})
	for range 2 { // the second one changes nothing
		if err := s.AddEvent(t.Context(), want); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	s = open(t, dir, Options{})
	list, err := s.Events(t.Context(), 0)
	if err != nil || !reflect.DeepEqual(list, []Event{want}) {
		t.Errorf("events %+v, %v, want %+v", list, err, want)
	}
	if next := s.Stamp(Event{}); next.ID != want.ID+1 || next.Time.IsZero() {
		t.Errorf("the next event is %+v", next)
	}
}

// Events are listed in the order of their ids, not in the order in which they are
// stored. A gap between ids does not count as an event.
func TestEventsInOrder(t *testing.T) {
	s := openNew(t)
	var stamped []Event
	for range 5 {
		stamped = append(stamped, s.Stamp(Event{Kind: "test"}))
	}
	for _, i := range []int{3, 0, 4} {
		if err := s.AddEvent(t.Context(), stamped[i]); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Events(t.Context(), 2)
	if err != nil || len(list) != 2 || list[0].ID != stamped[3].ID || list[1].ID != stamped[4].ID {
		t.Errorf("the last two events are %+v, %v", list, err)
	}
}

// Text and data that are too large are cut or replaced, and the event is stored.
func TestLargeEvent(t *testing.T) {
	s := openNew(t)
	long := strings.Repeat("ø", maxEventData)
	if err := s.AddEvent(t.Context(), Event{Kind: "test", Text: long, Data: map[string]any{"why": long}}); err != nil {
		t.Fatal(err)
	}
	list, err := s.Events(t.Context(), 0)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d events, %v", len(list), err)
	}
	e := list[0]
	if len(e.Text) > maxEventText+3 || !strings.HasSuffix(e.Text, "...") || e.Data["why"] != nil || e.Data["omitted_bytes"] != float64(len(long)+len(`{"why":""}`)) {
		t.Errorf("text of %d bytes, data %v", len(e.Text), e.Data)
	}
}

// The store tells of the events that it adds by itself.
func TestStoreTellsOfItsEvents(t *testing.T) {
	var told []Event
	s := open(t, t.TempDir(), Options{OnEvent: func(e Event) { told = append(told, e) }})
	a, b := putCheckpoint(t, s, 1), putCheckpoint(t, s, 2)
	for _, id := range []CheckpointID{a, b, b} { // the last one serves already
		if err := s.SetServing(t.Context(), id, "test"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := s.Rollback(t.Context())
	wantErr(t, err, ErrNotFound)
	stored, err := s.Events(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := asJSON(t, told), asJSON(t, stored); got != want || len(told) != 3 {
		t.Errorf("told %s, stored %s", got, want)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Events of every older release are read, with their ids.
func TestEventsOfOlderReleases(t *testing.T) {
	for _, release := range []string{withoutReplay, withoutSightings, withoutEncoders} {
		t.Run(filepath.Base(release), func(t *testing.T) {
			dir := t.TempDir()
			unpack(t, release, filepath.Join(dir, fileDB))
			s := open(t, dir, Options{})
			if err := s.AddEvent(t.Context(), Event{Kind: "test", Data: map[string]any{"n": 1}}); err != nil {
				t.Fatal(err)
			}
			list, err := s.Events(t.Context(), 0)
			if err != nil || len(list) != 3 {
				t.Fatalf("%d events, %v", len(list), err)
			}
			for i, e := range list {
				if e.ID != uint64(i)+1 || (i < 2) != (e.Kind == EventPromote && e.Text != "" && e.Data == nil) {
					t.Errorf("event %+v", e)
				}
			}
		})
	}
}
