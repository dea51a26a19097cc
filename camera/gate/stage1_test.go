package gate

import (
	"math"
	"testing"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
)

// TestStill checks that a still scene is kept once, whatever the noise of the camera.
func TestStill(t *testing.T) {
	for _, tc := range []struct {
		name  string
		w, h  int
		noise float64
	}{
		{"without noise", 160, 120, 0},
		{"daylight", 160, 120, 2},
		{"dusk", 160, 120, 8},
		{"night", 200, 150, 20},
		{"tiny", 24, 20, 5},
		{"one cell", 7, 5, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rng, c, m := newRand(1), newCamera(Options{}), scene(max(tc.w, 32), max(tc.h, 32)).Crop(0, 0, tc.w, tc.h)
			for range 150 {
				c.see(shot(rng, m, 1, tc.noise), nil)
			}
			if c.kept > 5 {
				t.Errorf("%d of 150 frames of a still scene were kept", c.kept)
			}
		})
	}
}

// TestCovered has a scene without contrast, as with a cap on the lens.
func TestCovered(t *testing.T) {
	rng, c, m := newRand(2), newCamera(Options{}), rgb.New(160, 120)
	for range 100 {
		c.see(shot(rng, m, 1, 6), nil)
	}
	if c.kept > 5 {
		t.Errorf("%d of 100 dark frames were kept", c.kept)
	}
}

// TestSmallObject checks that an object is noticed when it enters, not while it stays or
// when it leaves.
func TestSmallObject(t *testing.T) {
	for _, tc := range []struct {
		name         string
		noise        float64
		side, change int
	}{
		{"a dark thing of 3 % of the width", 4, 20, -60},
		{"a faint one of 5 %", 4, 32, 25},
		{"a bright speck of 1 %", 3, 7, 150},
		{"in a noisy picture", 20, 26, 70},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rng, c, m := newRand(3), newCamera(Options{}), scene(640, 480)
			for range 8 {
				c.see(shot(rng, m, 1, tc.noise), nil)
			}
			with := patch(m, 401, 303, tc.side, tc.change)
			if !c.see(shot(rng, with, 1, tc.noise), nil) {
				t.Fatal("the object was not noticed")
			}
			object := c.next - 1
			if c.see(shot(rng, with, 1, tc.noise), nil) || c.twin != object {
				t.Errorf("the object stays: twin %d, not frame %d", c.twin, object)
			}
			if c.see(shot(rng, m, 1, tc.noise), nil) || c.twin >= object {
				t.Errorf("the object has left: twin %d, not a frame before %d", c.twin, object)
			}
		})
	}
}

// TestLight checks that the gate follows a slow drift, and that a large change is another
// picture.
func TestLight(t *testing.T) {
	for _, tc := range []struct {
		gain float64
		same bool
	}{{1, true}, {1.1, true}, {0.88, true}, {1.5, false}, {0.6, false}, {0, false}} {
		rng, c, m := newRand(4), newCamera(Options{}), scene(160, 120)
		for range 10 {
			c.see(shot(rng, m, 0.8, 3), nil)
		}
		if kept := c.see(shot(rng, m, 0.8*tc.gain, 3), nil); kept == tc.same {
			t.Errorf("the light changes by %v: kept %v", tc.gain, kept)
		}
	}
}

// TestDrift has the light of a day in an hour, at one frame a second.
func TestDrift(t *testing.T) {
	rng, c, m := newRand(5), newCamera(Options{}), scene(64, 48)
	longest, last := time.Duration(0), c.now
	for i := range 3600 {
		if c.see(shot(rng, m, 0.8+0.3*math.Sin(float64(i)/3600*2*math.Pi), 3), nil) {
			longest, last = max(longest, c.now.Sub(last)), c.now
		}
	}
	if c.kept < 6 || c.kept > 40 {
		t.Errorf("%d of 3600 frames were kept", c.kept)
	}
	if longest > 10*time.Minute {
		t.Errorf("nothing was kept for %v", longest)
	}
}

// TestMaxGap checks that a frame is kept in time, also when the clock jumps.
func TestMaxGap(t *testing.T) {
	start := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	m := scene(64, 48)
	for _, tc := range []struct {
		name string
		jump time.Duration
		same bool
	}{
		{"soon after", time.Second, true},
		{"just before", 10*time.Minute - 1, true},
		{"after the gap", 10 * time.Minute, false},
		{"summer time", time.Hour, false},
		{"set back a little", -time.Minute, true},
		{"set back to 1970", start.Sub(time.Unix(0, 0)) * -1, false},
		{"no time at all", math.MinInt64, false},
	} {
		g := New(Options{})
		g.Keep(g.Look("a", start, m), 1, "", nil)
		if look := g.Look("a", start.Add(tc.jump), m); look.Same != tc.same {
			t.Errorf("%s: same %v", tc.name, look.Same)
		}
	}
}

// TestMaxRun checks that times that do not advance do not close the gate for ever.
func TestMaxRun(t *testing.T) {
	g, m, kept := New(Options{MaxRun: 10}), scene(64, 48), 0
	for i := range 110 {
		if look := g.Look("a", time.Time{}, m); !look.Same {
			g.Keep(look, uint64(i), "", nil)
			kept++
		}
	}
	if kept != 10 {
		t.Errorf("%d of 110 frames were kept, not every 11th", kept)
	}
}

// TestDeliveredTwice checks that a camera that delivers frames twice does not count as free
// of noise.
func TestDeliveredTwice(t *testing.T) {
	rng, c, m := newRand(6), newCamera(Options{}), scene(160, 120)
	for range 50 {
		photo := shot(rng, m, 1, 12)
		c.see(photo, nil)
		c.see(photo, nil)
	}
	if c.kept > 5 {
		t.Errorf("%d of 100 frames were kept", c.kept)
	}
}

// TestRenderedPictures checks that other parts on the same belt are other pictures.
func TestRenderedPictures(t *testing.T) {
	c, s := newCamera(Options{}), synthetic.New(synthetic.Options{Seed: 7})
	for n := range 150 {
		m, _ := s.Render(n)
		c.see(m, nil)
	}
	if c.same > 0 {
		t.Errorf("%d of 150 pictures of different parts are the same", c.same)
	}
}

func TestSizesDiffer(t *testing.T) {
	c := newCamera(Options{})
	for i, m := range []*rgb.Image{scene(64, 48), scene(48, 64), scene(128, 96), blank(), nil} {
		if !c.see(m, nil) {
			t.Errorf("picture %d is the same as one of another size", i)
		}
	}
	if c.see(scene(64, 48), nil) {
		t.Error("the first picture is forgotten")
	}
}
