package stream

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/rgb"
)

// tiles are pictures of one value each, 10 times their number, so that a frame shows its
// picture. loads counts the loads.
type tiles struct{ loads []int }

func (s *tiles) load(_ context.Context, picture int) (*rgb.Image, error) {
	s.loads = append(s.loads, picture)
	m := rgb.New(40, 30)
	for i := range m.Pix {
		m.Pix[i] = uint8(10 * (picture + 1))
	}
	return m, nil
}

// shown returns the picture that a frame of tiles without drift shows.
func shown(f camera.Frame) int { return int(math.Round(mean(f.Image)/10)) - 1 }

func mean(m *rgb.Image) float64 {
	sum := 0.0
	for _, v := range m.Pix {
		sum += float64(v)
	}
	return sum / float64(len(m.Pix))
}

var twelve = []string{"bolt", "gear", "bolt", "gear", "bolt", "gear", "bolt", "gear", "bolt", "gear", "bolt", "gear"}

// all makes a stream of tiles and its frames.
func all(t *testing.T, opt Options) (Split, []camera.Frame, *tiles) {
	t.Helper()
	split, err := NewSplit(twelve, SplitOptions{Seed: opt.Seed})
	if err != nil {
		t.Fatal(err)
	}
	source := &tiles{}
	s, err := New(split, source.load, opt)
	if err != nil {
		t.Fatal(err)
	}
	var frames []camera.Frame
	for i := range s.Len() {
		f, err := s.Frame(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
	return split, frames, source
}

// still is a stream whose frames of one picture are all equal.
func still(o Options) Options {
	o.Change, o.Drift = Change{Shift: -1, Light: -1, Noise: -1}, -1
	return o
}

func TestClassAfterClass(t *testing.T) {
	split, frames, source := all(t, still(Options{Seed: 5, Repeats: 3}))
	var want []int
	for _, learn := range split.Learn {
		for _, picture := range learn {
			want = append(want, picture, picture, picture)
		}
	}
	var got []int
	for _, f := range frames {
		got = append(got, shown(f))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the stream shows %v, want %v", got, want)
	}
	if len(source.loads)*3 != len(frames) {
		t.Errorf("%d loads for %d frames", len(source.loads), len(frames))
	}
	if ends := split.Ends(3); ends[len(ends)-1] != len(frames) {
		t.Errorf("the last class ends behind %d of %d frames", ends[len(ends)-1], len(frames))
	}
}

func TestEveryPictureIsRepeatedAndNoneHeldOut(t *testing.T) {
	for _, shuffled := range []bool{false, true} {
		split, frames, source := all(t, Options{Seed: 1, Repeats: 4, Shuffled: shuffled, Drift: -1, Change: Change{Light: 0.01}})
		count := map[int]int{}
		for _, f := range frames {
			count[shown(f)]++
		}
		held, _ := split.EvalSet()
		for _, picture := range held {
			if count[picture] > 0 || slices.Contains(source.loads, picture) {
				t.Errorf("shuffled %v: picture %d was held out and is in the stream", shuffled, picture)
			}
		}
		if len(count) != len(twelve)-len(held) {
			t.Errorf("shuffled %v: %d pictures are shown", shuffled, len(count))
		}
		for picture, n := range count {
			if n != 4 {
				t.Errorf("shuffled %v: picture %d is shown %d times", shuffled, picture, n)
			}
		}
	}
}

func hash(frames []camera.Frame) []string {
	var sums []string
	for _, f := range frames {
		sums = append(sums, fmt.Sprintf("%x", sha256.Sum256(f.Image.Pix)))
	}
	return sums
}

func TestDeterministic(t *testing.T) {
	_, once, _ := all(t, Options{Seed: 2})
	_, twice, _ := all(t, Options{Seed: 2})
	if !slices.Equal(hash(once), hash(twice)) {
		t.Error("the same seed gave other frames")
	}
	_, other, _ := all(t, Options{Seed: 3})
	if hash(once)[0] == hash(other)[0] {
		t.Error("another seed gave the same frame")
	}
	if sums := hash(once); len(slices.Compact(slices.Sorted(slices.Values(sums)))) != len(sums) {
		t.Error("two frames are equal")
	}
	// A frame does not depend on earlier requests.
	split, _ := NewSplit(twelve, SplitOptions{Seed: 2})
	s, err := New(split, (&tiles{}).load, Options{Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Frame(t.Context(), 7)
	if err != nil || hash([]camera.Frame{f})[0] != hash(once)[7] {
		t.Errorf("frame 7 alone is another one: %v", err)
	}
}

func TestShuffledHasTheSameFrames(t *testing.T) {
	_, ordered, _ := all(t, Options{Seed: 4})
	_, shuffled, _ := all(t, Options{Seed: 4, Shuffled: true})
	a, b := hash(ordered), hash(shuffled)
	if slices.Equal(a, b) {
		t.Error("the order is the same")
	}
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		t.Error("the frames differ")
	}
}

func TestFramesNameNoClass(t *testing.T) {
	for _, shuffled := range []bool{false, true} {
		_, frames, _ := all(t, Options{Shuffled: shuffled})
		for i, f := range frames {
			if f.File != nil || f.Data != nil || f.Err != nil || f.Image == nil || f.Source != "bench:stream" {
				t.Fatalf("frame %d is no live frame: %+v", i, f)
			}
			for _, class := range twelve[:2] {
				if strings.Contains(f.Path+f.Source, class) {
					t.Fatalf("frame %d names its class: %s", i, f.Path)
				}
			}
			if want := fmt.Sprintf("%06d.jpg", i); f.Path != want {
				t.Fatalf("frame %d is %s", i, f.Path)
			}
		}
	}
}

func TestTime(t *testing.T) {
	start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	opt := Options{Repeats: 3, Start: start, Interval: 2 * time.Second, Pause: time.Minute}
	_, frames, _ := all(t, opt)
	for i, f := range frames {
		want := start
		if i > 0 {
			want = frames[i-1].Time.Add(2 * time.Second)
			if i%3 == 0 {
				want = want.Add(time.Minute)
			}
		}
		if !f.Time.Equal(want) {
			t.Fatalf("frame %d at %v, want %v", i, f.Time, want)
		}
	}
	// In random order no two frames belong to one moment.
	opt.Shuffled = true
	_, frames, _ = all(t, opt)
	for i := range frames[1:] {
		if gap := frames[i+1].Time.Sub(frames[i].Time); gap != time.Minute+2*time.Second {
			t.Fatalf("%v between frames %d and %d", gap, i, i+1)
		}
	}
}

func TestDrift(t *testing.T) {
	const drift = 0.2
	opt := still(Options{Seed: 8, Repeats: 2})
	opt.Drift = drift
	split, frames, _ := all(t, opt)
	var pictures []int
	for _, learn := range split.Learn {
		pictures = append(pictures, learn...)
	}
	last := 2.0
	for i, f := range frames {
		light := mean(f.Image) / float64(10*(pictures[i/2]+1))
		// Values are whole numbers: 0.5 of 10 to 120.
		if light < 1-drift-0.051 || light > 1+drift+0.051 {
			t.Errorf("frame %d has %.3f of its picture's light", i, light)
		}
		if light > last+0.1 {
			t.Errorf("from frame %d on it grows brighter: %.3f after %.3f", i, light, last)
		}
		last = light
	}
	first, end := mean(frames[0].Image)/float64(10*(pictures[0]+1)), last
	if math.Abs(first-1.2) > 0.051 || math.Abs(end-0.8) > 0.051 {
		t.Errorf("from %.3f to %.3f", first, end)
	}
}

func TestLoadFails(t *testing.T) {
	split, _ := NewSplit(twelve, SplitOptions{})
	broken := errors.New("broken")
	s, err := New(split, func(context.Context, int) (*rgb.Image, error) { return nil, broken }, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Frame(t.Context(), 0); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestLargePicturesBecomeSmaller(t *testing.T) {
	split, _ := NewSplit(twelve, SplitOptions{})
	s, err := New(split, func(context.Context, int) (*rgb.Image, error) { return rgb.New(400, 300), nil }, still(Options{Side: 60}))
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Frame(t.Context(), 0)
	if err != nil || f.Image.Width != 80 || f.Image.Height != 60 {
		t.Errorf("%v, %d x %d", err, f.Image.Width, f.Image.Height)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, opt := range map[string]Options{
		"repeats":  {Repeats: -1},
		"side":     {Side: 2},
		"drift":    {Drift: 1},
		"interval": {Interval: -1},
		"pause":    {Pause: -1},
		"shift":    {Change: Change{Shift: 0.5}},
		"light":    {Change: Change{Light: 1}},
		"noise":    {Change: Change{Noise: 100}},
	} {
		if _, err := New(Split{}, nil, opt); err == nil {
			t.Errorf("%s: %+v was taken", name, opt)
		}
	}
}
