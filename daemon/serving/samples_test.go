package serving

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/storage"
)

// sampled is a store with frames: the first replayed ones have a small picture to learn
// from, and those of kept a picture.
func sampled(t *testing.T, n, replayed int, kept func(i int) bool) *storage.Store {
	t.Helper()
	st, err := storage.Open(t.Context(), t.TempDir(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	picture, err := (&rgb.Image{Width: 40, Height: 30, Pix: make([]byte, 40*30*3)}).JPEG(92)
	if err != nil {
		t.Fatal(err)
	}
	var frames []storage.NewFrame
	for i := range n {
		f := storage.NewFrame{Frame: storage.Frame{Source: "test", Path: fmt.Sprint(i), Kept: storage.KeptNone}}
		f.SHA256[0] = byte(i)
		if kept(i) {
			f.Kept, f.Data = storage.KeptFull, picture
		}
		if i < replayed {
			f.Replay = &storage.ReplayPicture{JPEG: []byte("small")}
		}
		frames = append(frames, f)
	}
	if _, err := st.AddFrames(t.Context(), nil, frames); err != nil {
		t.Fatal(err)
	}
	return st
}

func TestSamples(t *testing.T) {
	all, none := func(int) bool { return true }, func(int) bool { return false }
	tests := []struct {
		name             string
		frames, replayed int
		kept             func(int) bool
		n                int
		want             []storage.FrameID
		small            bool
	}{
		{"of the replay buffer", 20, 12, all, 4, []storage.FrameID{1, 4, 7, 10}, false},
		{"without kept pictures: the small ones", 20, 12, none, 4, []storage.FrameID{1, 4, 7, 10}, true},
		{"a fresh store: all frames", 8, 2, all, 4, []storage.FrameID{1, 3, 5, 7}, false},
		{"fewer than asked for", 3, 0, all, 10, []storage.FrameID{1, 2, 3}, false},
		{"nothing is kept", 3, 0, none, 10, nil, false},
		{"no frames", 0, 0, all, 10, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []storage.FrameID
			err := Samples(t.Context(), sampled(t, tt.frames, tt.replayed, tt.kept), tt.n, func(s Sample) error {
				got = append(got, s.ID)
				if small := string(s.Data) == "small"; small != tt.small {
					t.Errorf("frame %d: the small picture: %v", s.ID, small)
				}
				return nil
			})
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("frames %v, error %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestLabelledSamples(t *testing.T) {
	st := sampled(t, 6, 6, func(i int) bool { return i != 2 })
	if err := st.SetLabel(t.Context(), []storage.FrameID{2, 3, 5}, "bolt"); err != nil {
		t.Fatal(err)
	}
	var got []storage.FrameID
	err := LabelledSamples(t.Context(), st, 10, func(s Sample) error {
		if s.Label != "bolt" {
			t.Errorf("frame %d has the label %q", s.ID, s.Label)
		}
		got = append(got, s.ID)
		return nil
	})
	if err != nil || !slices.Equal(got, []storage.FrameID{2, 3, 5}) {
		t.Errorf("frames %v, error %v", got, err)
	}
}

// A picture that cannot be decoded is left out, and others are cut to squares.
func TestSampleSquares(t *testing.T) {
	st := sampled(t, 6, 6, func(i int) bool { return i != 2 })
	squares := SampleSquares(t.Context(), st, &decode.Decoder{}, 10, rgb.Square{Size: 16})
	if len(squares) != 5 {
		t.Fatalf("%d squares, want 5", len(squares))
	}
	for _, m := range squares {
		if m.Width != 16 || m.Height != 16 {
			t.Errorf("a square of %d x %d", m.Width, m.Height)
		}
	}
}

func TestSamplesEnd(t *testing.T) {
	st := sampled(t, 6, 6, func(int) bool { return true })
	stop := errors.New("stop")
	if err := Samples(t.Context(), st, 4, func(Sample) error { return stop }); err != stop {
		t.Errorf("error %v, want that of the callback", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Samples(ctx, st, 4, func(Sample) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
