package augment

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"edgeclr/camera/rgb"
)

// scenery is a picture with the same texture each time, in the given light, with noise, and a bright block at (x, y) if x >= 0.
func scenery(rng *rand.Rand, light float64, x, y int) *rgb.Image {
	m := rgb.New(120, 90)
	for py := range m.Height {
		for px := range m.Width {
			v := light * float64(40+(px*7+py*13)%60)
			if x >= 0 && px >= x && px < x+20 && py >= y && py < y+16 {
				v = light * 230
			}
			for k := range 3 {
				m.Pix[3*(py*m.Width+px)+k] = uint8(min(max(v+rng.NormFloat64()*3, 0), 255))
			}
		}
	}
	return m
}

// backgroundOf learns from pictures in which the block is somewhere else each time.
func backgroundOf(rng *rand.Rand) *Background {
	var pictures []*rgb.Image
	for range 40 {
		pictures = append(pictures, scenery(rng, 0.3+0.7*rng.Float64(), rng.IntN(100), rng.IntN(74)))
	}
	return NewBackground(pictures)
}

func TestChangeIsWhereTheBlockIs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	b := backgroundOf(rng)
	for range 20 {
		x, y := rng.IntN(100), rng.IntN(74)
		c := b.Change(scenery(rng, 0.3+0.7*rng.Float64(), x, y))
		if c == nil {
			t.Fatalf("no change with a block at %d, %d", x, y)
		}
		box := Box{max(x-5, 0), max(y-4, 0), 30, 24}
		if share := c.within(box, 120, 90); share < 0.75 {
			t.Errorf("block at %d, %d: %.2f of the change is there", x, y, share)
		}
		if all := c.within(Box{0, 0, 120, 90}, 120, 90); math.Abs(float64(all)-1) > 1e-4 {
			t.Errorf("the whole picture has %v of the change", all)
		}
	}
}

func TestLightIsNoChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	b := backgroundOf(rng)
	block := b.Change(scenery(rng, 0.6, 50, 40))
	for _, light := range []float64{0.3, 0.6, 1} {
		if c := b.Change(scenery(rng, light, -1, -1)); c != nil && c.within(Box{45, 36, 30, 24}, 120, 90) > 0.5*block.within(Box{45, 36, 30, 24}, 120, 90) {
			t.Errorf("light %v looks like a block", light)
		}
	}
}

func TestTooFewPicturesTellNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, n := range []int{0, 1, leastPictures - 1} {
		pictures := make([]*rgb.Image, n)
		for i := range pictures {
			pictures[i] = scenery(rng, 1, -1, -1)
		}
		if NewBackground(pictures) != nil {
			t.Errorf("%d pictures make a background", n)
		}
	}
	one := rgb.New(1, 1) // smaller than a cell
	if cells(one) != cells(one) {
		t.Error("cells differ")
	}
}

// TestFocus checks that crops move to the change in proportion to Focus, that they keep their size, and that nothing else changes.
func TestFocus(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	b := backgroundOf(rng)
	change := b.Change(scenery(rng, 0.8, 90, 10))
	mean := func(focus float64, change *Change) float64 {
		c := Default()
		c.Focus = focus
		sum := 0.0
		for i := range uint64(400) {
			plain := c.Draw(rand.New(rand.NewPCG(i, 7)), 120, 90)
			r := rand.New(rand.NewPCG(i, 7))
			p := c.Draw(r, 120, 90)
			c.focus(r, &p, 120, 90, change)
			sum += float64(b.Change(scenery(rand.New(rand.NewPCG(1, 1)), 0.8, 90, 10)).within(p.Crop, 120, 90)) / 400
			if p.Crop.X < 0 || p.Crop.Y < 0 || p.Crop.X+p.Crop.Width > 120 || p.Crop.Y+p.Crop.Height > 90 {
				t.Fatalf("the crop %+v is outside", p.Crop)
			}
			if p.Crop.Width != plain.Crop.Width || p.Crop.Height != plain.Crop.Height {
				t.Fatalf("the crop is %+v instead of %+v", p.Crop, plain.Crop)
			}
			plain.Crop, p.Crop = Box{}, Box{}
			if plain != p {
				t.Fatalf("%+v instead of %+v", p, plain)
			}
		}
		return sum
	}
	off, unknown, half, full := mean(0, change), mean(1, nil), mean(0.5, change), mean(1, change)
	if off != unknown {
		t.Errorf("without a map %.3f of the change is seen, without focus %.3f", unknown, off)
	}
	if half < off+0.1 || full < half+0.1 {
		t.Errorf("a crop shows %.3f, %.3f and %.3f of the change at a focus of 0, 0.5 and 1", off, half, full)
	}
}

// TestLoaderFocuses checks that a loader asks for the change of each view's own picture, and that its views do not depend on the
// number of workers.
func TestLoaderFocuses(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	b := backgroundOf(rng)
	views := func(workers int, focus float64) []uint8 {
		o := testOptions()
		o.Workers, o.Config.Focus = workers, focus
		o.Change = func(id uint64, _ *rgb.Image) *Change {
			return b.Change(scenery(rand.New(rand.NewPCG(id, 2)), 0.8, int(id*13)%100, 20))
		}
		batch := next(t, start(t, o))
		return batch.Views
	}
	one, four, plain := views(1, 1), views(4, 1), views(2, 0)
	if !bytes.Equal(one, four) || bytes.Equal(one, plain) {
		t.Error("the views depend on the workers, or not on the focus")
	}
}
