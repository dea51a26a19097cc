package rgb

import (
	"bytes"
	"fmt"
	"math"
	"testing"
)

// slowResize is Pillow's algorithm in plain form: first the horizontal pass, then the
// vertical one, one channel at a time. The golden files compare it with Pillow. Tests
// compare the fast code with it for all other shapes.
func slowResize(m *Image, w, h int) *Image {
	pass := func(in, out int, get func(i, c int) uint8, set func(i, c int, v uint8)) {
		scale := float64(in) / float64(out)
		support := math.Max(scale, 1)
		for i := range out {
			center := (float64(i) + 0.5) * scale
			first, end := max(int(center-support+0.5), 0), min(int(center+support+0.5), in)
			var weights []float64
			var total float64
			for p := first; p < end; p++ {
				k := math.Max(0, 1-math.Abs((float64(p)-center+0.5)/support))
				weights = append(weights, k)
				total += k
			}
			for c := range 3 {
				sum := 1 << 21
				for t, k := range weights {
					sum += int(get(first+t, c)) * int(k/total*(1<<22)+0.5)
				}
				set(i, c, uint8(min(sum>>22, 255)))
			}
		}
	}
	middle, out := New(w, m.Height), New(w, h)
	for y := range m.Height {
		pass(m.Width, w,
			func(i, c int) uint8 { return m.Pix[3*(y*m.Width+i)+c] },
			func(i, c int, v uint8) { middle.Pix[3*(y*w+i)+c] = v })
	}
	for x := range w {
		pass(m.Height, h,
			func(i, c int) uint8 { return middle.Pix[3*(i*w+x)+c] },
			func(i, c int, v uint8) { out.Pix[3*(i*w+x)+c] = v })
	}
	return out
}

// FuzzResize compares boxes and sizes of any shape with slowResize. It uses one Resizer for
// all, like the workers.
func FuzzResize(f *testing.F) {
	f.Add(uint8(0), uint8(0), uint8(50), uint8(30), uint8(8), uint8(8))
	f.Add(uint8(3), uint8(4), uint8(1), uint8(200), uint8(200), uint8(1))
	f.Add(uint8(255), uint8(255), uint8(255), uint8(255), uint8(16), uint8(200))
	f.Add(uint8(7), uint8(0), uint8(9), uint8(120), uint8(61), uint8(7))
	src := numbered(120, 130)
	fill(src.Pix)
	var r Resizer
	f.Fuzz(func(t *testing.T, x, y, w, h, dw, dh uint8) {
		left, top := int(x)%src.Width, int(y)%src.Height
		width, height := 1+int(w)%(src.Width-left), 1+int(h)%(src.Height-top)
		outW, outH := 1+int(dw), 1+int(dh)
		got := bytes.Repeat([]uint8{0xaa}, 3*outW*outH+8)
		r.Resize(got, outW, outH, src, left, top, width, height)
		want := slowResize(src.Crop(left, top, width, height), outW, outH)
		if !bytes.Equal(got[:len(want.Pix)], want.Pix) {
			t.Errorf("%dx%d at (%d, %d) to %dx%d differs", width, height, left, top, outW, outH)
		}
		if !bytes.Equal(got[len(want.Pix):], bytes.Repeat([]uint8{0xaa}, 8)) {
			t.Error("it wrote beyond the picture")
		}
	})
}

func TestEvalSquareEqualsItsTwoSteps(t *testing.T) {
	for _, size := range [][2]int{{400, 533}, {533, 400}, {31, 31}, {1, 50}, {50, 1}, {97, 96}, {301, 100}} {
		m := New(size[0], size[1])
		fill(m.Pix)
		for _, px := range []int{1, 8, 33, 96} {
			want := centerCrop(m.ResizeShortSide(px), px)
			if got := m.EvalSquare(px); got.Width != px || got.Height != px || !bytes.Equal(got.Pix, want.Pix) {
				t.Errorf("%v to %d differs", size, px)
			}
		}
	}
}

func TestExtremeShrinkingDoesNotOverflow(t *testing.T) {
	// Rounding tens of thousands of weights up must not overflow 8 bits.
	// (Beyond 8 million weights all would round to 0: that is the formula.)
	for _, n := range []int{20_000, 100_001, 3_000_000} {
		m := New(n, 1)
		for i := range m.Pix {
			m.Pix[i] = 255
		}
		if got, want := m.Resize(1, 1).Pix, slowResize(m, 1, 1).Pix; !bytes.Equal(got, want) || got[0] < 254 {
			t.Errorf("%d white pixels became %v, want %v", n, got, want)
		}
	}
}

func TestResizeToTheSameSize(t *testing.T) {
	m := numbered(9, 9)
	if m.Resize(9, 9) != m {
		t.Error("a picture of the right size was copied")
	}
	var r Resizer
	out := New(9, 9)
	r.Resize(out.Pix, 9, 9, m, 0, 0, 9, 9)
	if !bytes.Equal(out.Pix, m.Pix) {
		t.Error("a resize to the same size changed values")
	}
}

func TestResizerPanicsOnBadBoxes(t *testing.T) {
	for _, c := range [][6]int{
		{4, 4, -1, 0, 3, 3}, {4, 4, 0, -1, 3, 3}, {4, 4, 0, 0, 0, 3}, {4, 4, 0, 0, 3, 0},
		{4, 4, 8, 0, 3, 3}, {4, 4, 0, 8, 3, 3}, {0, 4, 0, 0, 3, 3}, {4, 0, 0, 0, 3, 3},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			var r Resizer
			r.Resize(make([]uint8, 1000), c[0], c[1], New(10, 10), c[2], c[3], c[4], c[5])
		})
	}
}

func TestResizerDoesNotAllocate(t *testing.T) {
	var r Resizer
	src, dst := New(200, 100), make([]uint8, 3*64*64)
	r.Resize(dst, 64, 64, src, 0, 0, 200, 100)
	if n := testing.AllocsPerRun(20, func() { r.Resize(dst, 64, 64, src, 20, 10, 150, 90) }); n != 0 {
		t.Errorf("%v allocations a picture", n)
	}
}

// centerCrop cuts the central square of size by size pixels: torchvision's CenterCrop. It
// first pads a shorter side with black on both ends, the odd pixel at the right or bottom.
func centerCrop(m *Image, size int) *Image {
	return m.Crop(centerOffset(m.Width, size), centerOffset(m.Height, size), size, size)
}
