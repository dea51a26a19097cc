package storage

import (
	"slices"
	"testing"
	"time"
)

const day = 24 * time.Hour

func mustRetain(t *testing.T, s *Store, r Retention) RetainResult {
	t.Helper()
	res, err := s.Retain(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestRetainBySize(t *testing.T) {
	s := openNew(t)
	cp := putCheckpoint(t, s, 1)
	addSamples(t, s, cp, 200, 20_000)
	if err := s.SetLabel(t.Context(), []FrameID{1, 50}, "keep"); err != nil {
		t.Fatal(err)
	}
	live, file, err := s.Usage()
	if err != nil || live > file {
		t.Fatalf("usage %d of %d, %v", live, file, err)
	}
	if r := mustRetain(t, s, Retention{}); r.Frames != 0 || r.IDs != nil || r.Bytes != 0 {
		t.Errorf("without bounds: %+v", r)
	}
	if r := mustRetain(t, s, Retention{MaxBytes: live + 1}); r.Frames != 0 {
		t.Errorf("below the bound: %+v", r)
	}
	res := mustRetain(t, s, Retention{MaxBytes: live / 2})
	after, _, err := s.Usage()
	if err != nil {
		t.Fatal(err)
	}
	if len(res.IDs) != res.Frames || res.IDs[0] != 2 || !slices.IsSorted(res.IDs) {
		t.Errorf("deleted %v", res.IDs)
	}
	if after > live/2 || after < live*2/5 || res.Short || res.Bytes != live-after {
		t.Errorf("from %d to %d with a bound of %d: %+v", live, after, live/2, res)
	}
	ids := frameIDs(t, s)
	if !slices.Equal(ids[:2], []FrameID{1, 50}) {
		t.Errorf("labelled frames: %v", ids[:2])
	}
	// The rest is the newest, without a gap.
	if rest := ids[2:]; rest[len(rest)-1] != 200 || int(rest[len(rest)-1]-rest[0]) != len(rest)-1 {
		t.Errorf("kept %d to %d, %d frames", rest[0], rest[len(rest)-1], len(rest))
	}
	if len(ids) != 200-res.Frames || s.CountFrames() != len(ids) || countVectors(t, s, cp) != len(ids) {
		t.Errorf("%d frames, counts %d and %d, %d deleted", len(ids), s.CountFrames(), countVectors(t, s, cp), res.Frames)
	}
	if _, ok, err := s.FindContent(sample(2, 20_000).SHA256, sample(2, 20_000).Path); ok || err != nil {
		t.Errorf("a deleted frame is found by its content, %v", err)
	}
	// The result says when a bound cannot be reached.
	if r := mustRetain(t, s, Retention{MaxBytes: 1000, KeepNewest: 10}); !r.Short {
		t.Errorf("an impossible bound: %+v", r)
	}
	want := []FrameID{1, 50, 191, 192, 193, 194, 195, 196, 197, 198, 199, 200}
	if ids := frameIDs(t, s); !slices.Equal(ids, want) {
		t.Errorf("kept %v, want %v", ids, want)
	}
}

// The file of a deleted frame is not stored again.
func TestRetainKeepsTheCursor(t *testing.T) {
	s := openNew(t)
	f := sample(1, 1000)
	f.File = &FileState{Path: f.Path, Size: 1000}
	if _, err := s.AddFrames(t.Context(), nil, []NewFrame{f}); err != nil {
		t.Fatal(err)
	}
	if r := mustRetain(t, s, Retention{MaxBytes: 1}); r.Frames != 1 {
		t.Errorf("%+v", r)
	}
	if seen, err := s.Seen(f.Source, f.Path, 1000, time.Time{}); err != nil || !seen {
		t.Errorf("seen %v, %v", seen, err)
	}
	if ids := addSamples(t, s, "", 1, 1); ids[0] != 2 {
		t.Errorf("frame number %d is used again", ids[0])
	}
}

func TestRetainByAge(t *testing.T) {
	type add struct {
		at time.Duration // of the clock, from the start
		n  int
	}
	week := Retention{MaxAge: 7 * day}
	tests := []struct {
		name string
		adds []add
		at   []time.Duration // when Retain is called
		want []int           // frames deleted by each call
	}{
		{"daily", []add{{0, 10}, {day, 10}, {2 * day, 10}}, []time.Duration{2 * day, 3 * day, 4 * day, 5 * day, 6 * day, 7 * day, 7*day + time.Hour, 8*day + time.Hour}, []int{0, 0, 0, 0, 0, 0, 10, 10}},
		{"nothing old", []add{{0, 10}}, []time.Duration{day}, []int{0}},
		// The first look has nothing to compare with.
		{"first call", []add{{0, 10}}, []time.Duration{30 * day}, []int{10}},
		// Off for a month, or a clock that runs ahead: one in twenty, for a day.
		{"jump", []add{{0, 100}}, []time.Duration{day, 31 * day, 31*day + time.Hour, 31*day + 12*time.Hour, 32*day + time.Hour}, []int{0, 5, 0, 0, 95}},
		{"jump and back", []add{{0, 100}}, []time.Duration{day, 4000 * day, day + time.Hour, 2 * day}, []int{0, 5, 0, 0}},
		{"a jump of a few frames", []add{{0, 3}}, []time.Duration{day, 31 * day, 31*day + time.Minute}, []int{0, 1, 0}},
		// Stored while the clock stood at 1970 or in the far future: they go with
		// the next one that has a plausible time.
		{"1970 first", []add{{-20000 * day, 5}, {0, 5}, {6 * day, 5}}, []time.Duration{6 * day, 7 * day, 7*day + time.Hour}, []int{0, 0, 10}},
		{"1970 last", []add{{0, 5}, {-20000 * day, 5}}, []time.Duration{day, day * 2}, []int{0, 0}},
		{"future between", []add{{0, 5}, {9000 * day, 5}, {day, 5}}, []time.Duration{7 * day, 7*day + time.Hour, 8 * day, 8*day + time.Hour}, []int{0, 5, 0, 10}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ck := newClock()
			start := ck.now
			s := open(t, t.TempDir(), Options{Now: ck.time})
			for _, a := range tt.adds {
				ck.now = start.Add(a.at)
				addSamples(t, s, "", a.n, 10)
			}
			for i, at := range tt.at {
				ck.now = start.Add(at)
				if r := mustRetain(t, s, week); r.Frames != tt.want[i] {
					t.Errorf("at %v: %d frames deleted, want %d", at, r.Frames, tt.want[i])
				}
			}
		})
	}
}

func TestRetainByAgeKeepsLabels(t *testing.T) {
	ck := newClock()
	s := open(t, t.TempDir(), Options{Now: ck.time})
	addSamples(t, s, "", 5, 10)
	if err := s.SetLabel(t.Context(), []FrameID{2}, "x"); err != nil {
		t.Fatal(err)
	}
	ck.advance(100 * day)
	if r := mustRetain(t, s, Retention{MaxAge: day, KeepNewest: 1}); r.Frames != 3 {
		t.Errorf("%+v", r)
	}
	if ids := frameIDs(t, s); !slices.Equal(ids, []FrameID{2, 5}) {
		t.Errorf("kept %v", ids)
	}
}

func TestRetainMinFree(t *testing.T) {
	s := openNew(t)
	addSamples(t, s, "", 50, 100_000)
	free, err := s.freeDisk()
	if err != nil || free <= 0 {
		t.Fatalf("free %d, %v", free, err)
	}
	if r := mustRetain(t, s, Retention{MinFree: free / 2}); r.Frames != 0 {
		t.Errorf("with room: %+v", r)
	}
	// Other writers on this disk change the free space. Freed pages are used again,
	// so the file does not grow.
	_, file, err := s.Usage()
	if err != nil {
		t.Fatal(err)
	}
	r := mustRetain(t, s, Retention{MinFree: 1 << 50, KeepNewest: 5})
	if r.Frames != 45 || !r.Short {
		t.Errorf("without room: %+v", r)
	}
	if _, now, err := s.Usage(); err != nil || now > file {
		t.Errorf("the file grew from %d to %d, %v", file, now, err)
	}
}

func TestRetainDoesNotWearTheDisk(t *testing.T) {
	ck := newClock()
	s := open(t, t.TempDir(), Options{Now: ck.time})
	addSamples(t, s, "", 5, 10)
	mustRetain(t, s, Retention{MaxAge: day, MaxBytes: 1 << 30})
	before := s.BytesWritten()
	for range 50 {
		ck.advance(time.Minute)
		mustRetain(t, s, Retention{MaxAge: day, MaxBytes: 1 << 30})
	}
	if w := s.BytesWritten() - before; w != 0 {
		t.Errorf("50 calls with nothing to do wrote %d bytes", w)
	}
}
