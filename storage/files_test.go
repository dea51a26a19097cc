package storage

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSeen(t *testing.T) {
	s := openNew(t)
	when := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	if err := s.AddFailure(t.Context(), "dir:/a", &FileState{"x.jpg", 10, when}, "truncated", when); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, source, path string
		size               int64
		mod                time.Time
		want               bool
	}{
		{"the same", "dir:/a", "x.jpg", 10, when, true},
		{"another zone", "dir:/a", "x.jpg", 10, when.In(time.FixedZone("x", 3600)), true},
		{"longer", "dir:/a", "x.jpg", 11, when, false},
		{"newer by a nanosecond", "dir:/a", "x.jpg", 10, when.Add(1), false},
		{"another path", "dir:/a", "y.jpg", 10, when, false},
		{"another source", "dir:/b", "x.jpg", 10, when, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.Seen(tt.source, tt.path, tt.size, tt.mod)
			if err != nil || got != tt.want {
				t.Errorf("%v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	s := openNew(t)
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a, b := FileState{"a.jpg", 10, when}, FileState{"b.jpg", 0, when}
	for _, f := range []struct {
		file   *FileState
		reason string
	}{{&a, "truncated"}, {&b, "empty"}, {nil, "empty"}} {
		if err := s.AddFailure(t.Context(), "dir:/a", f.file, f.reason, when); err != nil {
			t.Fatal(err)
		}
	}
	wantErr(t, s.AddFailure(t.Context(), "s", &FileState{Path: strings.Repeat("x", 5000)}, "r", when), ErrInvalid)
	c := s.Counters()
	if c.Failed != 3 || c.Seen != 3 || !reflect.DeepEqual(c.Reasons, map[string]uint64{"truncated": 1, "empty": 2}) {
		t.Errorf("counters %+v", c)
	}
	// b.jpg is repaired and stored.
	f := sample(1, 10)
	f.Source, f.File = "dir:/a", &FileState{"b.jpg", 10, when}
	if _, err := s.AddFrames(t.Context(), nil, []NewFrame{f}); err != nil {
		t.Fatal(err)
	}
	var got []Failure
	if err := s.Failures(t.Context(), "dir:/a", func(f Failure) error { got = append(got, f); return nil }); err != nil {
		t.Fatal(err)
	}
	if want := []Failure{{a, "truncated", when}}; !reflect.DeepEqual(got, want) {
		t.Errorf("failures %+v, want %+v", got, want)
	}
}

func TestReasonsAreBounded(t *testing.T) {
	s := openNew(t)
	for i := range 120 {
		if err := s.AddFailure(t.Context(), "s", nil, fmt.Sprint("reason ", i), time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	c := s.Counters()
	if len(c.Reasons) > 101 || c.Reasons["other"] != 20 || c.Failed != 120 {
		t.Errorf("%d reasons, %d other, %d failed", len(c.Reasons), c.Reasons["other"], c.Failed)
	}
}

func TestForgetFiles(t *testing.T) {
	s := openNew(t)
	var fs []NewFrame
	for i := range 10 {
		f := sample(uint64(i), 10)
		f.File = &FileState{Path: f.Path, Size: 10}
		fs = append(fs, f)
	}
	fs[9].Source = "dir:/belt2" // begins like the other source
	if _, err := s.AddFrames(t.Context(), nil, fs); err != nil {
		t.Fatal(err)
	}
	n, err := s.ForgetFiles(t.Context(), "dir:/belt", func(path string) bool { return path < "/belt/0005" })
	if err != nil || n != 5 {
		t.Errorf("%d forgotten, %v; want 5", n, err)
	}
	for i, f := range fs {
		seen, err := s.Seen(f.Source, f.Path, 10, time.Time{})
		if err != nil || seen != (i >= 5) {
			t.Errorf("file %d: seen %v, %v", i, seen, err)
		}
	}
}

func TestMarkSeen(t *testing.T) {
	s := openNew(t)
	ids := addSamples(t, s, "", 1, 10)
	touched := FileState{"/belt/0001.jpg", 10, time.Unix(2e9, 0)}
	before := s.Counters()
	if err := s.MarkSeen(t.Context(), "dir:/belt", touched, ids[0]); err != nil {
		t.Fatal(err)
	}
	if seen, err := s.Seen("dir:/belt", touched.Path, touched.Size, touched.ModTime); err != nil || !seen {
		t.Errorf("seen %v, %v", seen, err)
	}
	if after := s.Counters(); !reflect.DeepEqual(after, before) {
		t.Errorf("counters %+v, were %+v", after, before)
	}
	wantErr(t, s.MarkSeen(t.Context(), "a\x00", touched, ids[0]), ErrInvalid)
	wantErr(t, s.MarkSeen(t.Context(), "dir:/belt", touched, 0), ErrInvalid)
}
