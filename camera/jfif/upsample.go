package jfif

// upsampler gives the rows of a plane at the resolution of the picture.
type upsampler struct {
	plane         []uint8
	stride        int
	across, down  int // how many pixels of the picture one of the plane covers
	width, height int // of the plane, without the padding to whole blocks
	out           []uint8
	sums          []uint16 // of two rows
}

func newUpsampler(d *decoder, c *component) *upsampler {
	u := &upsampler{plane: c.pixels, stride: c.stride, across: d.maxH / c.h, down: d.maxV / c.v, width: c.width, height: c.height}
	u.out = make([]uint8, u.width*u.across)
	u.sums = make([]uint16, u.width)
	return u
}

// row returns the values for row y of the picture. They hold until the next call. Like
// libjpeg it interpolates between two columns or rows, but not in planes of up to two
// columns, and repeats the value otherwise.
func (u *upsampler) row(y int) []uint8 {
	near := u.line(y / u.down)
	switch {
	case u.across == 1 && u.down == 1:
		return near
	case u.across == 2 && u.down == 1 && u.width > 2:
		widen(u.out, near)
	case u.across == 2 && u.down == 2 && u.width > 2:
		mix(u.sums, near, u.neighbour(y))
		widenSums(u.out, u.sums)
	case u.across == 1 && u.down == 2:
		mix(u.sums, near, u.neighbour(y))
		bias := uint16(1 + y&1)
		for i, sum := range u.sums {
			u.out[i] = uint8((sum + bias) >> 2)
		}
	default:
		for i := range u.out {
			u.out[i] = near[i/u.across]
		}
	}
	return u.out
}

func (u *upsampler) line(i int) []uint8 { return u.plane[i*u.stride:][:u.width] }

// neighbour is the second nearest line of a plane of half the height: the one above for
// even rows, the one below for odd rows, at the edges the nearest itself.
func (u *upsampler) neighbour(y int) []uint8 {
	if y&1 == 0 {
		return u.line(max(y/2-1, 0))
	}
	return u.line(min(y/2+1, u.height-1))
}

// mix weighs the nearer row three times.
func mix(sums []uint16, near, far []uint8) {
	near, far = near[:len(sums)], far[:len(sums)]
	for i := range sums {
		sums[i] = 3*uint16(near[i]) + uint16(far[i])
	}
}

// widen doubles a row: each pixel is 3/4 of the nearer value and 1/4 of the farther one.
// Rounding alternates, so that it does not make the row brighter.
func widen(dst, src []uint8) {
	last := len(src) - 1
	dst = dst[:2*len(src)]
	dst[0] = src[0]
	for i, here := range src[:last] {
		next := src[i+1]
		pair := dst[2*i+1 : 2*i+3 : 2*i+3]
		pair[0] = uint8((3*uint16(here) + uint16(next) + 2) >> 2)
		pair[1] = uint8((3*uint16(next) + uint16(here) + 1) >> 2)
	}
	dst[2*last+1] = src[last]
}

// widenSums is widen for a row of sums, which are four times the value.
func widenSums(dst []uint8, src []uint16) {
	last := len(src) - 1
	dst = dst[:2*len(src)]
	dst[0] = uint8((4*src[0] + 8) >> 4)
	here, pairs := uint32(src[0]), dst[1:]
	for _, v := range src[1:] {
		next := uint32(v)
		pairs[1] = uint8((3*next + here + 8) >> 4)
		pairs[0] = uint8((3*here + next + 7) >> 4)
		here, pairs = next, pairs[2:]
	}
	dst[2*last+1] = uint8((4*src[last] + 7) >> 4)
}
