package rgb

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Resize scales the picture to w by h pixels, byte for byte as
// PIL.Image.resize((w, h), BILINEAR). It may return m itself when nothing
// changes. It panics if a size is not positive or m has no pixels.
func (m *Image) Resize(w, h int) *Image {
	if w == m.Width && h == m.Height {
		return m
	}
	out := New(w, h)
	var r Resizer
	r.Resize(out.Pix, w, h, m, 0, 0, m.Width, m.Height)
	return out
}

// Resizer crops a box out of a picture and scales it like PIL's resize. It keeps its scratch
// memory from call to call, so that it does not allocate after the first calls. The zero
// value is ready. The memory is a few rows of the output, whatever the size of the source.
//
// It is not safe for concurrent use: give each worker its own.
type Resizer struct {
	cols, rows axis
	window     []uint8 // rows scaled horizontally, waiting for the vertical pass
	packed     []uint64
	tail       []uint8 // copy of the picture's last row, with the padding that 4-byte loads need
}

// Resize scales the box of w by h pixels at (x, y) of src to dw by dh pixels
// and writes them to dst[:3*dw*dh]. The box must lie inside src and no size may
// be zero; it panics otherwise. dst must not overlap src.
func (r *Resizer) Resize(dst []uint8, dw, dh int, src *Image, x, y, w, h int) {
	checkBox(src, x, y, w, h, dw, dh)
	r.cols.plan(w, dw, 0, dw)
	r.rows.plan(h, dh, 0, dh)
	r.run(dst[:3*dw*dh], dw, dh, src, x, y)
}

// EvalSquare writes src.EvalSquare(size) to dst[:3*size*size].
func (r *Resizer) EvalSquare(dst []uint8, size int, src *Image) {
	checkBox(src, 0, 0, src.Width, src.Height, size, size)
	if src.Width == size && src.Height == size {
		copy(dst[:3*size*size], src.Pix)
		return
	}
	w, h := src.shortSide(size)
	r.cols.plan(src.Width, w, centerOffset(w, size), size)
	r.rows.plan(src.Height, h, centerOffset(h, size), size)
	r.run(dst[:3*size*size], size, size, src, 0, 0)
}

func checkBox(src *Image, x, y, w, h, dw, dh int) {
	if x < 0 || y < 0 || w <= 0 || h <= 0 || x+w > src.Width || y+h > src.Height {
		panic(fmt.Sprintf("rgb: box of %d x %d at (%d, %d) is empty or outside a picture of %d x %d",
			w, h, x, y, src.Width, src.Height))
	}
	if dw <= 0 || dh <= 0 {
		panic(fmt.Sprintf("rgb: cannot resize to %d x %d pixels", dw, dh))
	}
}

// run does both passes. It scales rows horizontally, two at a time, into a window that
// slides down the picture. It makes an output row as soon as the window holds all rows for
// it.
func (r *Resizer) run(dst []uint8, dw, dh int, src *Image, x, y int) {
	stride := (3*dw + 7) &^ 7 // the vertical pass works on 8 bytes at once
	capacity := 2*r.rows.taps + 16
	r.window = resized(r.window, stride*capacity)
	r.packed = resized(r.packed, r.cols.first[dw-1]+r.cols.count[dw-1])

	top := r.rows.first[0] // source row (in the box) at the window's start
	filled := 0            // rows in the window
	end := r.rows.first[dh-1] + r.rows.count[dh-1]
	for i := range dh {
		first, count := r.rows.first[i], r.rows.count[i]
		for top+filled < first+count {
			if filled+2 > capacity {
				keep := top + filled - first
				copy(r.window, r.window[stride*(filled-keep):stride*filled])
				top, filled = first, keep
			}
			row := top + filled
			pair := min(row+1, end-1) // the last row may be its own partner
			out := r.window[stride*filled : stride*(filled+2)]
			pack(r.packed, r.sourceRow(src, x, y+row), r.sourceRow(src, x, y+pair))
			horizontal(out[:3*dw], out[stride:stride+3*dw], r.packed, &r.cols)
			filled += 1 + pair - row
		}
		vertical(dst[3*dw*i:3*dw*(i+1)], r.window[stride*(first-top):], stride, r.rows.weights(i))
	}
}

// sourceRow returns the bytes of row y from column x on, with at least one
// byte beyond the last pixel: the horizontal pass loads 4 bytes a pixel.
func (r *Resizer) sourceRow(src *Image, x, y int) []uint8 {
	begin, end := 3*(y*src.Width+x), 3*(y+1)*src.Width
	if end < len(src.Pix) {
		return src.Pix[begin : end+1]
	}
	r.tail = resized(r.tail, end-begin+1)
	copy(r.tail, src.Pix[begin:end])
	return r.tail
}

// Two 8-bit values, one in the low byte of each 32-bit half of a word, times 22-bit weights
// that sum to 1 fit into 64 bits. So each multiplication below does the work of two, with
// the same bits as Pillow's 32-bit sums.
const (
	lanes = 0x000000ff_000000ff             // the values of both halves
	half  = (1<<32 | 1) << (weightBits - 1) // rounding, in both halves
)

// pack joins two rows pixel by pixel, the first in the lower half of a word. A shift and
// lanes then select one channel of both. The rows have one byte more than their pixels.
func pack(dst []uint64, s0, s1 []uint8) {
	s1 = s1[:len(s0)]
	for i := range dst {
		p := 3 * i
		dst[i] = uint64(binary.LittleEndian.Uint32(s0[p:p+4])) | uint64(binary.LittleEndian.Uint32(s1[p:p+4]))<<32
	}
}

// horizontal scales two packed rows at once, to d0 and d1.
func horizontal(d0, d1 []uint8, packed []uint64, cols *axis) {
	for i, first := range cols.first {
		weights := cols.weights(i)
		pixels := packed[first : first+len(weights)]
		r, g, b := uint64(half), uint64(half), uint64(half)
		for t, v := range pixels {
			k := uint64(weights[t])
			r += v & lanes * k
			g += v >> 8 & lanes * k
			b += v >> 16 & lanes * k
		}
		r, g, b = r>>weightBits, g>>weightBits, b>>weightBits
		o0, o1 := d0[3*i:3*i+3], d1[3*i:3*i+3]
		o0[0], o0[1], o0[2] = uint8(r), uint8(g), uint8(b)
		o1[0], o1[1], o1[2] = uint8(r>>32), uint8(g>>32), uint8(b>>32)
	}
}

// vertical adds up rows, stride bytes apart, by weight into one output row.
func vertical(dst, rows []uint8, stride int, weights []uint32) {
	for i := 0; i < len(dst); i += 8 {
		a, b, c, d := uint64(half), uint64(half), uint64(half), uint64(half)
		p := i
		for _, weight := range weights {
			k := uint64(weight)
			v := binary.LittleEndian.Uint64(rows[p:])
			a += v & lanes * k
			b += v >> 8 & lanes * k
			c += v >> 16 & lanes * k
			d += v >> 24 & lanes * k
			p += stride
		}
		v := a>>weightBits&lanes | b>>weightBits&lanes<<8 | c>>weightBits&lanes<<16 | d>>weightBits&lanes<<24
		if i+8 <= len(dst) {
			binary.LittleEndian.PutUint64(dst[i:], v)
			continue
		}
		for ; i < len(dst); i++ {
			dst[i] = uint8(v)
			v >>= 8
		}
	}
}

// weightBits is the fixed-point precision of the resampling weights. Pillow
// takes 32 bits less 8 for the value and 2 for overshoot (Resample.c,
// PRECISION_BITS); equal bytes need the same number.
const weightBits = 32 - 8 - 2

// axis holds the resampling weights of one direction: output i is the sum over
// t of weight[i*taps+t] * input[first[i]+t], for t < count[i], in units of
// 2^-weightBits. Bilinear weights are never negative.
type axis struct {
	taps   int
	first  []int
	count  []int
	weight []uint32
	raw    []float64
}

// plan fills in the weights that scale in pixels to out pixels, for the outputs
// from..from+n-1: the triangle filter of Pillow, widened by the scale when
// shrinking (which is what antialiases), cut at the borders and normalised to
// sum 1 in float64 before rounding.
func (a *axis) plan(in, out, from, n int) {
	scale := float64(in) / float64(out)
	support := max(scale, 1)
	a.taps = int(math.Ceil(support))*2 + 1
	a.first = resized(a.first, n)
	a.count = resized(a.count, n)
	a.weight = resized(a.weight, n*a.taps)
	a.raw = resized(a.raw, a.taps)

	step := 1 / support
	for i := range n {
		center := (float64(from+i) + 0.5) * scale
		first := max(int(center-support+0.5), 0)
		count := min(int(center+support+0.5), in) - first
		raw, sum := a.raw[:count], 0.0
		for t := range raw {
			w := max(1-math.Abs((float64(t+first)-center+0.5)*step), 0)
			raw[t] = w
			sum += w
		}
		weight := a.weight[i*a.taps : i*a.taps+count]
		for t, w := range raw {
			if sum != 0 {
				w /= sum
			}
			weight[t] = uint32(0.5 + w*(1<<weightBits))
		}
		limit(weight)
		a.first[i], a.count[i] = first, count
	}
}

// limit keeps white from overflowing. Rounding more than 16,000 weights can make their sum
// so much larger than 1 that 255 overflows 8 bits. Pillow clips each result instead, which
// gives the same value.
func limit(weight []uint32) {
	const most = (256<<weightBits - 1 - 1<<(weightBits-1)) / 255
	var sum int
	for _, w := range weight {
		sum += int(w)
	}
	for t := 0; sum > most; t = (t + 1) % len(weight) {
		if weight[t] > 0 {
			weight[t]--
			sum--
		}
	}
}

// weights returns those of output i, without unused ones.
func (a *axis) weights(i int) []uint32 {
	return a.weight[i*a.taps : i*a.taps+a.count[i]]
}

// resized returns a slice of length n, in s where it is large enough. The
// contents are arbitrary.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
