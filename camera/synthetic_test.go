package camera

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSyntheticCount(t *testing.T) {
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	uri := "synthetic:conveyor?fps=0&count=20&size=64x48"
	s, err := Open(uri, OpenOptions{Seed: 3, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	var got []Frame
	if err := s.Run(t.Context(), func(_ context.Context, f Frame) error {
		got = append(got, f)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	classed, err := Classed(uri+"&seed=3", 20)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Collect(classed)
	if len(got) != 20 || len(want) != 20 {
		t.Fatalf("%d frames, %d classed", len(got), len(want))
	}
	for i, f := range got {
		folder, _, _ := strings.Cut(f.Path, "/")
		if f.Path != want[i].Path || folder != want[i].Class || !slices.Equal(f.Image.Pix, want[i].Image.Pix) {
			t.Errorf("frame %d is %s, Classed says %s", i, f.Path, want[i].Path)
		}
		if f.Source != uri || !f.Time.Equal(noon) || f.Data != nil || f.File != nil || f.Image.Width != 64 || f.Image.Height != 48 {
			t.Errorf("frame %d: %s at %v, %d x %d", i, f.Source, f.Time, f.Image.Width, f.Image.Height)
		}
	}
	if state, err := s.State(); state != StateLive || err != nil {
		t.Errorf("state %s, %v", state, err)
	}
}

func TestSyntheticRate(t *testing.T) {
	r := start(t, "synthetic:conveyor?fps=50&size=32x32", OpenOptions{})
	begin := time.Now()
	for range 11 {
		r.next()
	}
	if took := time.Since(begin); took < 190*time.Millisecond || took > 5*time.Second {
		t.Errorf("10 periods of 20 ms took %v", took)
	}
}

func TestSyntheticEmitFails(t *testing.T) {
	s, err := Open("synthetic:conveyor", OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	if err := s.Run(t.Context(), func(context.Context, Frame) error { return full }); !errors.Is(err, full) {
		t.Error(err)
	}
}

func TestClassedRefuses(t *testing.T) {
	for _, uri := range []string{"dir:" + t.TempDir(), "synthetic:moon", "nonsense"} {
		if _, err := Classed(uri, 1); err == nil {
			t.Errorf("%s: no error", uri)
		}
	}
	all, err := Classed("synthetic:conveyor?size=32x32", 5)
	if err != nil {
		t.Fatal(err)
	}
	for range all {
		break // an iterator may be left early
	}
}
