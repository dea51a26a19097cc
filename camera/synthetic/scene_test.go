package synthetic

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRenderDependsOnSeedAndNumberAlone(t *testing.T) {
	for _, opt := range []Options{{Seed: 1}, {Seed: 1, Stream: true}} {
		a, b := New(opt), New(opt)
		for _, n := range []int{9, 0, 5, 1 << 40} {
			b.Render(n + 1) // leaves scratch behind
			ma, ca := a.Render(n)
			mb, cb := b.Render(n)
			if ca != cb || !bytes.Equal(ma.Pix, mb.Pix) {
				t.Errorf("%+v: picture %d differs", opt, n)
			}
		}
	}
	one, _ := New(Options{Seed: 1}).Render(0)
	two, _ := New(Options{Seed: 2}).Render(0)
	next, _ := New(Options{Seed: 1}).Render(1)
	if bytes.Equal(one.Pix, two.Pix) || bytes.Equal(one.Pix, next.Pix) {
		t.Error("another seed or number gives the same picture")
	}
}

func TestClassesAreBalanced(t *testing.T) {
	names := Classes()
	if len(names) < 6 || !slices.IsSorted(names) {
		t.Fatalf("%q", names)
	}
	s := New(Options{Width: MinSide, Height: MinSide})
	var order []string
	for block := range 5 {
		seen := map[string]int{}
		for i := range names {
			_, class := s.Render(block*len(names) + i)
			seen[class]++
			order = append(order, class)
		}
		for _, name := range names {
			if seen[name] != 1 {
				t.Errorf("block %d has %s %d times", block, name, seen[name])
			}
		}
	}
	if slices.Equal(order[:len(names)], order[len(names):2*len(names)]) {
		t.Error("the order repeats")
	}
}

func TestSizes(t *testing.T) {
	for _, tc := range []struct{ w, h, wantW, wantH int }{
		{0, 0, 160, 120},
		{33, 200, 33, 200},
		{200, 33, 200, 33},
		{1, 5000, MinSide, MaxSide},
	} {
		m, _ := New(Options{Width: tc.w, Height: tc.h}).Render(3)
		if m.Width != tc.wantW || m.Height != tc.wantH || len(m.Pix) != 3*tc.wantW*tc.wantH {
			t.Errorf("%d x %d gives %d x %d", tc.w, tc.h, m.Width, m.Height)
		}
	}
}

// TestPictures checks that a camera could deliver each picture: it is neither black nor
// overexposed, has contrast, and shows the part.
func TestPictures(t *testing.T) {
	s := New(Options{Seed: 5})
	for n := range 200 {
		m, class := s.Render(n)
		sum, bright := 0, 0
		for _, v := range m.Pix {
			sum += int(v)
			if v == 255 {
				bright++
			}
		}
		if mean := sum / len(m.Pix); mean < 10 || mean > 235 || bright > len(m.Pix)/2 {
			t.Errorf("%d (%s): mean %d, %d of %d values burnt out", n, class, mean, bright, len(m.Pix))
		}
	}
}

// TestParts checks that each part lies inside the picture under every view,
// with a sensible area.
func TestParts(t *testing.T) {
	s := New(Options{})
	for _, p := range parts() {
		for seed := range uint64(40) {
			v := drawView(rand.New(rand.NewPCG(seed, 1)), &s.set, int(seed), s.opt.Width, s.opt.Height)
			s.fill(&s.body, v.place, func(pen pen) { p.body(pen, rand.New(rand.NewPCG(v.shape, 0))) })
			area, border := 0.0, float32(0)
			for i, a := range s.body.v {
				if a < 0 || a > 1 {
					t.Fatalf("%s: coverage %v", p.name, a)
				}
				area += float64(a)
				if x, y := i%s.body.w, i/s.body.w; x == 0 || y == 0 || x == s.body.w-1 || y == s.body.h-1 {
					border += a
				}
			}
			if share := area / (4 * v.radius * v.radius); share < 0.04 || share > 0.8 {
				t.Errorf("%s covers %.2f of its square", p.name, share)
			}
			if border > 20 {
				t.Errorf("%s runs %v pixels over the border", p.name, border)
			}
		}
	}
}

// TestHoles checks that a shape of the opposite orientation is cut out, and that shapes of
// the same orientation join.
func TestHoles(t *testing.T) {
	s := New(Options{Width: 64, Height: 64})
	place := placement(32, 32, 30, 0.4, 1, 0)
	s.fill(&s.body, place, func(p pen) {
		p.ring(0, 0, 0.9, 0.4)
		p.wire(0.2, -0.7, 0, -0.6, 0, -0.5, 0)
	})
	if centre := s.body.at(32, 32); centre != 0 {
		t.Errorf("the hole is covered by %v", centre)
	}
	x, y := place.apply(-0.6, 0)
	if ring := s.body.at(int(x), int(y)); ring != 1 {
		t.Errorf("where shapes overlap the coverage is %v", ring)
	}
}

// TestStream checks that consecutive pictures show the same part on its way, and that the
// next part follows.
func TestStream(t *testing.T) {
	s := New(Options{Seed: 4, Stream: true})
	var classes []string
	for n := range 3 * passage {
		_, class := s.Render(n)
		classes = append(classes, class)
	}
	for n, class := range classes {
		if class != classes[n/passage*passage] {
			t.Errorf("picture %d shows %s amid %s", n, class, classes[n/passage*passage])
		}
	}
	if classes[0] == classes[passage] {
		t.Error("the second part is of the class of the first")
	}
}

func TestBlurKeepsTheSum(t *testing.T) {
	p, src, scratch := newPlane(31, 21), newPlane(31, 21), newPlane(31, 21)
	src.v[10*31+15] = 1
	p.blur(&src, &scratch, 3)
	var sum float32
	for _, v := range p.v {
		sum += v
	}
	if sum < 0.999 || sum > 1.001 || p.at(15, 10) > 0.1 || p.at(-9, -9) != 0 {
		t.Errorf("sum %v, centre %v", sum, p.at(15, 10))
	}
}

func BenchmarkRender(b *testing.B) {
	s := New(Options{})
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		s.Render(n)
	}
}
