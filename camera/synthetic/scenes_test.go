package synthetic

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"edgeclr/camera/synthetic/render"
)

// open makes a small scene.
func open(t *testing.T, name string, w, h int) *Fixed {
	t.Helper()
	f, err := OpenFixed(name, Options{Seed: 4, Width: w, Height: h})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestTruthAgreesWithThePixels compares the foreground with the difference between a picture and the empty scene in the same light.
func TestTruthAgreesWithThePixels(t *testing.T) {
	for _, name := range FixedNames() {
		f := open(t, name, 192, 144)
		var on, off []float64 // difference of cells that are mostly foreground, and that have none
		for n := 0; n < 4500; n += 173 {
			m, truth := f.Frame(n)
			bare := f.Empty(n)
			for cell, share := range truth.Foreground {
				d := difference(m.Pix, bare.Pix, m.Width, m.Height, cell)
				switch {
				case share > 0.6:
					on = append(on, d)
				case share == 0:
					off = append(off, d)
				}
			}
		}
		slices.Sort(on)
		slices.Sort(off)
		// At night a dark car on dark ground hardly differs. Shadows and headlights make other cells differ.
		if low, high := on[len(on)/20], off[len(off)*9/10]; low < 3 || low < 2*high || len(on) < 40 {
			t.Errorf("%s: the difference is %.2f and more in 95 %% of %d covered cells, and up to %.2f in 90 %% of the others", name, low, len(on), high)
		}
	}
}

// difference is the mean absolute difference of two pictures in a cell of the grid, in grey levels.
func difference(a, b []uint8, w, h, cell int) float64 {
	const side = render.GridSide
	sum, n := 0.0, 0
	for y := range h {
		for x := range w {
			if y*side/h*side+x*side/w != cell {
				continue
			}
			for k := range 3 {
				sum += math.Abs(float64(a[3*(y*w+x)+k]) - float64(b[3*(y*w+x)+k]))
				n++
			}
		}
	}
	return sum / float64(n)
}

// TestEverythingHappens checks that 15 minutes show every kind, every class but for rare ones, day and night, and that a camera could
// deliver each picture.
func TestEverythingHappens(t *testing.T) {
	for _, tc := range []struct {
		name  string
		kinds []string
		most  int // of one kind
	}{
		{"yard", []string{"bicycle", "car", "person", "truck", "van"}, 16},
		{"bench", []string{"board", "bolts", "bottle", "carton", "cup", "gear", "hammer", "knife", "pipe", "pliers", "screwdriver", "tape", "worker", "wrench"}, 3},
	} {
		f := open(t, tc.name, 80, 60)
		kinds, classes := map[string]int{}, map[string]int{}
		darkest, brightest, frames := 255.0, 0.0, 0
		for n := 0; n < 15*60*FPS; n += 30 {
			m, truth := f.Frame(n)
			for k, c := range truth.Counts {
				kinds[k]++
				if c < 1 || c > tc.most {
					t.Errorf("%s: %d of %s in frame %d", tc.name, c, k, n)
				}
			}
			classes[f.Class(truth)]++
			mean := average(m.Pix)
			if mean < 8 || mean > 225 {
				t.Errorf("%s: frame %d has a mean of %.0f", tc.name, n, mean)
			}
			darkest, brightest, frames = min(darkest, mean), max(brightest, mean), frames+1
		}
		for _, k := range tc.kinds {
			if kinds[k] == 0 {
				t.Errorf("%s: there is never a %s", tc.name, k)
			}
		}
		if len(kinds) != len(tc.kinds) {
			t.Errorf("%s: %v", tc.name, kinds)
		}
		for class, n := range classes {
			if n > frames/2 {
				t.Errorf("%s: %d of %d frames are of class %s", tc.name, n, frames, class)
			}
		}
		if len(classes) < 5 || brightest-darkest < 25 {
			t.Errorf("%s: %v, means from %.0f to %.0f", tc.name, classes, darkest, brightest)
		}
	}
}

func average(pix []uint8) float64 {
	sum := 0
	for _, v := range pix {
		sum += int(v)
	}
	return float64(sum) / float64(len(pix))
}

func TestFixedSizes(t *testing.T) {
	for _, name := range FixedNames() {
		for _, tc := range []struct{ w, h, wantW, wantH int }{
			{1, 1, MinSide, MinSide},
			{33, 201, 33, 201},
			{201, 33, 201, 33},
		} {
			f, err := OpenFixed(name, Options{Width: tc.w, Height: tc.h})
			if err != nil {
				t.Fatal(err)
			}
			if m, _ := f.Frame(3); m.Width != tc.wantW || m.Height != tc.wantH || len(m.Pix) != 3*tc.wantW*tc.wantH {
				t.Errorf("%s: %d x %d gives %d x %d", name, tc.w, tc.h, m.Width, m.Height)
			}
		}
	}
	if _, err := OpenFixed("moon", Options{}); err == nil {
		t.Error("there is a moon")
	}
}

// TestTimeOfFrames checks what the number of a frame means: with and without a stream, and at another rate.
func TestTimeOfFrames(t *testing.T) {
	make := func(o Options) *Fixed {
		o.Width, o.Height = 48, 36
		f, err := OpenFixed("yard", o)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	at := func(f *Fixed, n int) Truth { _, truth := f.Frame(n); return truth }
	usual, slow := make(Options{}), make(Options{FPS: 1})
	for _, n := range []int{3, 40, 333} {
		if a, b := at(usual, 5*n), at(slow, n); a.Area != b.Area {
			t.Errorf("second %d: areas %v and %v", n, a.Area, b.Area)
		}
	}
	stream, distinct := make(Options{Stream: true}), make(Options{})
	m, class := stream.Render(37 * 4)
	same, truth := usual.Frame(37 * 4)
	if _, other := distinct.Render(4); class != other || class != usual.Class(truth) || !bytes.Equal(m.Pix, same.Pix) {
		t.Errorf("picture 4 shows %s, and frame 148 %s", other, class)
	}
}
