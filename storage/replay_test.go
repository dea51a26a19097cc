package storage

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"testing"
	"time"
)

// learnable returns a frame with a picture to learn from, of n bytes.
func learnable(seed uint64, n int) NewFrame {
	f := sample(seed, 1000)
	f.Replay = &ReplayPicture{Live: seed%2 == 0, JPEG: noise(seed+50, n)}
	return f
}

func addLearnable(t *testing.T, s *Store, n, size int) {
	t.Helper()
	var fs []NewFrame
	for i := range n {
		fs = append(fs, learnable(uint64(i+1), size))
	}
	if _, err := s.AddFrames(t.Context(), nil, fs); err != nil {
		t.Fatal(err)
	}
}

func replayIDs(t *testing.T, s *Store) []FrameID {
	t.Helper()
	var ids []FrameID
	err := s.Replay(t.Context(), func(e ReplayEntry) error {
		ids = append(ids, e.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(ids) != s.CountReplay() {
		t.Errorf("%d entries, the store counts %d", len(ids), s.CountReplay())
	}
	return ids
}

func wantReplay(t *testing.T, s *Store, want ...FrameID) {
	t.Helper()
	if got := replayIDs(t, s); !slices.Equal(got, want) {
		t.Errorf("replay of %v, want %v", got, want)
	}
}

func TestReplayRoundTrip(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	none := learnable(3, 1) // store.frames: none
	none.Kept, none.Data = KeptNone, nil
	none.Time = time.Time{}
	in := []NewFrame{learnable(1, pictureChunk), sample(2, 10), none, learnable(4, MaxReplayBytes), learnable(5, pictureChunk*2+1)}
	if _, err := s.AddFrames(t.Context(), nil, in); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	s = open(t, dir, Options{ReadOnly: true})
	wantReplay(t, s, 1, 3, 4, 5)
	err := s.Replay(t.Context(), func(e ReplayEntry) error {
		f := in[e.ID-1]
		if want := (ReplayEntry{ID: e.ID, Source: f.Source, Time: f.Time, Live: f.Replay.Live}); e != want {
			t.Errorf("%+v, want %+v", e, want)
		}
		if data, err := s.ReplayPicture(e.ID); err != nil || !bytes.Equal(data, f.Replay.JPEG) {
			t.Errorf("frame %d: %d bytes, %v", e.ID, len(data), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for _, id := range []FrameID{2, 99} {
		_, err := s.ReplayPicture(id)
		wantErr(t, err, ErrNotFound)
	}
	stop := errors.New("enough")
	if err := s.Replay(t.Context(), func(ReplayEntry) error { return stop }); err != stop {
		t.Errorf("error %v, want the one of fn", err)
	}
}

func TestReplayInvalid(t *testing.T) {
	s := openNew(t)
	for _, size := range []int{0, MaxReplayBytes + 1} {
		_, err := s.AddFrames(t.Context(), nil, []NewFrame{learnable(1, 5), learnable(2, size)})
		wantErr(t, err, ErrInvalid)
	}
	if s.CountFrames() != 0 || s.CountReplay() != 0 {
		t.Errorf("%d frames, %d pictures to learn from", s.CountFrames(), s.CountReplay())
	}
}

func TestDropReplay(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, s *Store) error // writes the pending drops
	}{
		{"flush", func(t *testing.T, s *Store) error { return s.Flush(t.Context()) }},
		{"another write", func(t *testing.T, s *Store) error { return s.AddEvent(t.Context(), Event{Kind: "x"}) }},
		{"close", func(_ *testing.T, s *Store) error { return s.Close() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, Options{})
			addLearnable(t, s, 6, 5000)
			before := s.BytesWritten()
			s.DropReplay(2, 5, 2)
			s.DropReplay(5, 77)
			s.DropReplay()
			wantReplay(t, s, 1, 3, 4, 6)
			_, err := s.ReplayPicture(5)
			wantErr(t, err, ErrNotFound)
			if s.BytesWritten() != before {
				t.Error("dropping wrote to the disk")
			}
			if err := tt.do(t, s); err != nil {
				t.Fatal(err)
			}
			_ = s.Close()
			s = open(t, dir, Options{})
			wantReplay(t, s, 1, 3, 4, 6)
			if r, err := s.Check(t.Context()); err != nil || r.Replay != 4 || r.Frames != 6 {
				t.Errorf("check %+v, %v", r, err)
			}
		})
	}
}

// A write that fails leaves the drops pending. A crash leaves the pictures.
func TestPendingReplayDrops(t *testing.T) {
	s := openNew(t)
	addLearnable(t, s, 3, 500)
	s.DropReplay(2)
	fail := errors.New("no")
	if err := s.update(t.Context(), "test", func(txn) error { return fail }); !errors.Is(err, fail) {
		t.Fatal(err)
	}
	wantReplay(t, s, 1, 3)
	crashed := t.TempDir()
	db, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	writeStore(t, crashed, s.Dir(), db)
	wantReplay(t, open(t, crashed, Options{}), 1, 2, 3)
	var b bytes.Buffer
	if _, err := s.Backup(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	writeStore(t, copied, s.Dir(), b.Bytes())
	wantReplay(t, open(t, copied, Options{}), 1, 3)
}

// Retention deletes a frame and its picture to learn from in one step.
func TestRetainDeletesReplay(t *testing.T) {
	for _, tt := range []struct {
		name string
		rule Retention
	}{
		{"age", Retention{MaxAge: day, KeepNewest: 2}},
		{"size", Retention{MaxBytes: 1, KeepNewest: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ck := newClock()
			dir := t.TempDir()
			s := open(t, dir, Options{Now: ck.time})
			addLearnable(t, s, 8, 4000)
			if err := s.SetLabel(t.Context(), []FrameID{3}, "bolt"); err != nil {
				t.Fatal(err)
			}
			s.DropReplay(1, 8)
			ck.advance(10 * day)
			if r := mustRetain(t, s, tt.rule); r.Frames != 5 {
				t.Errorf("%+v", r)
			}
			wantReplay(t, s, 3, 7)
			closeStore(t, s)
			// Nothing of a picture may be left among the values.
			s = open(t, dir, Options{})
			if r, err := s.Check(t.Context()); err != nil || r.Replay != 2 {
				t.Errorf("%+v, %v", r, err)
			}
			wantReplay(t, s, 3, 7)
		})
	}
}

// Retention counts these pictures, so it does not delete more than it has to.
func TestRetainMeasuresReplay(t *testing.T) {
	s := openNew(t)
	addLearnable(t, s, 100, 60_000)
	live, _, err := s.Usage()
	if err != nil {
		t.Fatal(err)
	}
	bound := live * 4 / 5
	r := mustRetain(t, s, Retention{MaxBytes: bound})
	if after, _, err := s.Usage(); err != nil || after > bound || after < bound*9/10 {
		t.Errorf("from %d to %d with a bound of %d: %+v, %v", live, after, bound, r, err)
	}
}

func TestReplayDamaged(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	addLearnable(t, s, 5, 3000)
	closeStore(t, s)
	flipPayload(t, dir, noise(3+50, 3000)[:1500])
	s, err := Open(t.Context(), dir, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wantReplay(t, s, 1, 2, 3, 4, 5)
	_, err = s.ReplayPicture(3)
	wantErr(t, err, ErrCorrupt)
	if r, err := s.Check(t.Context()); err != nil || r.Problems != 1 {
		t.Errorf("check %+v, %v", r, err)
	}
	s.DropReplay(3)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Check(t.Context()); err != nil || !r.OK() {
		t.Errorf("check after dropping it: %+v, %v", r, err)
	}
}
