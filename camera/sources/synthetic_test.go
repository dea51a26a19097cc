package sources

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/synthetic"
)

func TestSyntheticCount(t *testing.T) {
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	uri := "synthetic:conveyor?fps=0&count=20&size=64x48"
	s, err := Open(uri, Options{Seed: 3, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	var got []camera.Frame
	if err := s.Run(t.Context(), func(_ context.Context, f camera.Frame) error {
		got = append(got, f)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(got) != 20 {
		t.Fatalf("%d frames", len(got))
	}
	same := synthetic.New(synthetic.Options{Seed: 3, Width: 64, Height: 48})
	for i, f := range got {
		m, class := same.Render(i)
		if want := syntheticPath(class, i); f.Path != want || !slices.Equal(f.Image.Pix, m.Pix) {
			t.Errorf("frame %d is %s, not %s", i, f.Path, want)
		}
		if f.Source != uri || !f.Time.Equal(noon) || f.Data != nil || f.File != nil || f.Image.Width != 64 || f.Image.Height != 48 {
			t.Errorf("frame %d: %s at %v, %d x %d", i, f.Source, f.Time, f.Image.Width, f.Image.Height)
		}
	}
	if state, err := s.State(); state != camera.StateLive || err != nil {
		t.Errorf("state %s, %v", state, err)
	}
}

// TestClassedIsHeldOut checks that Classed shows the same camera and other pictures.
func TestClassedIsHeldOut(t *testing.T) {
	classed, err := Classed("synthetic:conveyor?size=64x48&seed=3", 20)
	if err != nil {
		t.Fatal(err)
	}
	scene := synthetic.New(synthetic.Options{Seed: 3, Width: 64, Height: 48})
	n := 0
	for got := range classed {
		want, class := scene.Render(heldOut + n)
		delivered, _ := scene.Render(n)
		if got.Class != class || !strings.HasPrefix(got.Path, class+"/") || !slices.Equal(got.Image.Pix, want.Pix) {
			t.Errorf("picture %d is %s, not a %s", n, got.Path, class)
		}
		if slices.Equal(got.Image.Pix, delivered.Pix) {
			t.Errorf("picture %d is one that the source delivers", n)
		}
		n++
	}
	if n != 20 {
		t.Errorf("%d pictures", n)
	}
}

// TestFixedSource checks that a source of a fixed scene delivers the frames of a stream, and that Classed and Fixed show the same place
// at other moments.
func TestFixedSource(t *testing.T) {
	const uri = "synthetic:yard?size=64x48&seed=3"
	s, err := Open(uri+"&fps=0&count=3", Options{})
	if err != nil {
		t.Fatal(err)
	}
	fixed, err := Fixed(uri)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := s.Run(t.Context(), func(_ context.Context, f camera.Frame) error {
		m, truth := fixed.Frame(n)
		if want := syntheticPath(fixed.Class(truth), n); f.Path != want || !slices.Equal(f.Image.Pix, m.Pix) {
			t.Errorf("frame %d is %s, not %s", n, f.Path, want)
		}
		n++
		return nil
	}); err != nil || n != 3 {
		t.Errorf("%d frames, %v", n, err)
	}
	classed, err := Classed(uri, 3)
	if err != nil {
		t.Fatal(err)
	}
	var pictures []ClassedImage
	for m := range classed {
		pictures = append(pictures, m)
	}
	if len(pictures) != 3 || slices.Equal(pictures[0].Image.Pix, pictures[1].Image.Pix) {
		t.Errorf("%d pictures", len(pictures))
	}
	for _, wrong := range []string{"synthetic:conveyor", "synthetic:moon", "dir:" + t.TempDir(), "yard"} {
		if _, err := Fixed(wrong); err == nil {
			t.Errorf("%s is taken for a fixed scene", wrong)
		}
	}
}

func TestSyntheticRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open("synthetic:conveyor?fps=50&size=32x32&count=11", Options{})
		if err != nil {
			t.Fatal(err)
		}
		begin, frames := time.Now(), 0
		if err := s.Run(t.Context(), func(context.Context, camera.Frame) error { frames++; return nil }); err != nil || frames != 11 {
			t.Errorf("%d frames, %v", frames, err)
		}
		if took := time.Since(begin); took != 200*time.Millisecond {
			t.Errorf("10 periods of 20 ms took %v", took)
		}
	})
}

func TestSyntheticEmitFails(t *testing.T) {
	s, err := Open("synthetic:conveyor", Options{})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	if err := s.Run(t.Context(), func(context.Context, camera.Frame) error { return full }); !errors.Is(err, full) {
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
