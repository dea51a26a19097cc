package augment

import (
	"encoding/binary"
	"math"
)

// blurBits is the fixed-point precision of the blur's weights, along each axis.
const blurBits = 16

// blurrer is torchvision's gaussian_blur of an 8-bit image. The weights are sampled at
// whole pixels and normalised. Borders are reflected without repeating the edge. There
// is one rounding at the end. torchvision multiplies by the two-dimensional kernel in
// float32. Here one axis follows the other in fixed point, with all bits kept between
// them. A value differs from torchvision's by 1 only if it is within about 0.01 of a
// half.
type blurrer struct {
	weights []uint64 // the centre, then outwards; the sum over both sides is 1<<blurBits
	offsets [][2]int // rows above and below the current one, in source
	source  []uint8  // the view before the blur
	row     []uint32 // one row blurred vertically, its ends reflected
}

// apply blurs a view of size by size pixels in place. kernel is odd.
func (b *blurrer) apply(pix []uint8, size, kernel int, sigma float64) {
	radius := kernel / 2
	b.plan(radius, sigma)
	stride := 3 * size
	b.source = append(b.source[:0], pix...)
	b.source = append(b.source, make([]uint8, 8)...) // loads of 8 bytes may reach beyond
	if need := stride + 6*radius + 8; len(b.row) < need {
		b.row = make([]uint32, need)
	}
	middle := b.row[3*radius:]
	for y := range size {
		b.vertical(middle, stride, size, y)
		for i := 1; i <= radius; i++ {
			copy(b.row[3*(radius-i):][:3], middle[3*reflect(-i, size):][:3])
			copy(middle[3*(size-1+i):][:3], middle[3*reflect(size-1+i, size):][:3])
		}
		b.horizontal(pix[y*stride:(y+1)*stride], b.row)
	}
}

// plan computes the weights exp(-x^2 / 2 sigma^2). The centre takes the remainder of
// the rounding, so that flat areas do not change.
func (b *blurrer) plan(radius int, sigma float64) {
	b.weights = b.weights[:0]
	sum := 1.0
	for i := 1; i <= radius; i++ {
		sum += 2 * gaussian(i, sigma)
	}
	centre := uint64(1 << blurBits)
	b.weights = append(b.weights, 0)
	for i := 1; i <= radius; i++ {
		w := uint64(math.Round(gaussian(i, sigma) / sum * (1 << blurBits)))
		b.weights = append(b.weights, w)
		centre -= 2 * w
	}
	b.weights[0] = centre
}

func gaussian(x int, sigma float64) float64 {
	d := float64(x) / sigma
	return math.Exp(-0.5 * d * d)
}

// lanes selects two of eight bytes, 32 bits apart. One multiplication by a weight then
// scales both.
const lanes = 0x000000ff_000000ff

// vertical writes the weighted sum of the rows around y to out, with blurBits
// fractional bits.
func (b *blurrer) vertical(out []uint32, stride, size, y int) {
	b.offsets = b.offsets[:0]
	for r := 1; r < len(b.weights); r++ {
		b.offsets = append(b.offsets, [2]int{reflect(y-r, size) * stride, reflect(y+r, size) * stride})
	}
	for i := 0; i < stride; i += 8 {
		v, w := binary.LittleEndian.Uint64(b.source[y*stride+i:]), b.weights[0]
		s0, s1, s2, s3 := v&lanes*w, v>>8&lanes*w, v>>16&lanes*w, v>>24&lanes*w
		for r, offset := range b.offsets {
			up := binary.LittleEndian.Uint64(b.source[offset[0]+i:])
			down := binary.LittleEndian.Uint64(b.source[offset[1]+i:])
			w := b.weights[1+r]
			s0 += (up&lanes + down&lanes) * w
			s1 += (up>>8&lanes + down>>8&lanes) * w
			s2 += (up>>16&lanes + down>>16&lanes) * w
			s3 += (up>>24&lanes + down>>24&lanes) * w
		}
		o := out[i : i+8 : i+8]
		o[0], o[1], o[2], o[3] = uint32(s0), uint32(s1), uint32(s2), uint32(s3)
		o[4], o[5], o[6], o[7] = uint32(s0>>32), uint32(s1>>32), uint32(s2>>32), uint32(s3>>32)
	}
}

// horizontal writes one finished row to dst. row[0] is the leftmost reflected value.
func (b *blurrer) horizontal(dst []uint8, row []uint32) {
	const half = 1 << (2*blurBits - 1)
	radius := len(b.weights) - 1
	if radius == 1 { // the default kernel, without the inner loop
		left, centre, right := row[:len(dst)], row[3:3+len(dst)], row[6:6+len(dst)]
		side, middle := b.weights[1], b.weights[0]
		for i := range dst {
			sum := half + uint64(centre[i])*middle + (uint64(left[i])+uint64(right[i]))*side
			dst[i] = uint8(sum >> (2 * blurBits))
		}
		return
	}
	for i := range dst {
		c := i + 3*radius
		sum := half + uint64(row[c])*b.weights[0]
		for r := 1; r <= radius; r++ {
			sum += (uint64(row[c-3*r]) + uint64(row[c+3*r])) * b.weights[r]
		}
		dst[i] = uint8(sum >> (2 * blurBits))
	}
}

// reflect mirrors a position beyond 0 or n-1 at the outermost pixels, until it is
// inside.
func reflect(i, n int) int {
	if i >= 0 && i < n {
		return i
	}
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = ((i % period) + period) % period
	return min(i, period-i)
}
