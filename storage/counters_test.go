package storage

import (
	"reflect"
	"testing"
)

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
