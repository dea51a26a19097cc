package v4l2

import (
	"fmt"

	"edgeclr/camera/mjpeg"
	"edgeclr/camera/rgb"
)

// converter makes pictures of the bytes of one layout.
type converter struct {
	layout Layout
	matrix matrix
	levels *[256]byte // of RGB and grey with limited range, nil for full
}

func newConverter(l Layout) *converter {
	c := &converter{layout: l, matrix: newMatrix(l)}
	if !l.full() {
		c.levels = new([256]byte)
		for i := range c.levels {
			c.levels[i] = clamp(c.matrix.luma(byte(i)) + 1<<15)
		}
	}
	return c
}

// picture converts the planes, which hold at least what Layout.least says. A
// JPEG is copied. The error matches [ErrDamaged].
func (c *converter) picture(planes [][]byte) (jpeg []byte, m *rgb.Image, err error) {
	l := c.layout
	if l.Format.compressed() {
		if jpeg, err = mjpeg.Repair(planes[0]); err != nil {
			err = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return jpeg, nil, err
	}
	m = rgb.New(l.Width, l.Height)
	for y := range l.Height {
		dst := m.Pix[3*l.Width*y : 3*l.Width*(y+1)]
		row := planes[0][l.Strides[0]*y:]
		switch l.Format {
		case YUYV:
			c.matrix.packed(dst, row, 0)
		case UYVY:
			c.matrix.packed(dst, row, 1)
		case NV12:
			c.matrix.semiplanar(dst, row, planes[0][l.Strides[0]*(l.Height+y/2):])
		case NV12M:
			c.matrix.semiplanar(dst, row, planes[1][l.Strides[1]*(y/2):])
		case RGB24:
			c.copyRow(dst, row)
		case GREY:
			c.grey(dst, row)
		}
	}
	return nil, m, nil
}

// packed converts a row of 4:2:2, two pixels in four bytes: Y0 U Y1 V, or with
// chroma first when that is 1.
func (m *matrix) packed(dst, src []byte, chromaFirst int) {
	luma, u, v := chromaFirst, 1-chromaFirst, 3-chromaFirst
	for ; len(dst) >= 6 && len(src) >= 4; dst, src = dst[6:], src[4:] {
		from, to := (*[4]byte)(src), (*[6]byte)(dst) // one check of the length instead of ten
		r, g, b := m.chroma(from[u], from[v])
		y := m.luma(from[luma])
		to[0], to[1], to[2] = clamp(y+r), clamp(y+g), clamp(y+b)
		y = m.luma(from[luma+2])
		to[3], to[4], to[5] = clamp(y+r), clamp(y+g), clamp(y+b)
	}
	if len(dst) >= 3 && len(src) >= 4 { // the last pixel of an odd width
		r, g, b := m.chroma(src[u], src[v])
		y := m.luma(src[luma])
		dst[0], dst[1], dst[2] = clamp(y+r), clamp(y+g), clamp(y+b)
	}
}

// semiplanar converts a row of luma with the row of U V pairs that two rows share.
func (m *matrix) semiplanar(dst, luma, chroma []byte) {
	for ; len(dst) >= 6 && len(luma) >= 2 && len(chroma) >= 2; dst, luma, chroma = dst[6:], luma[2:], chroma[2:] {
		to := (*[6]byte)(dst)
		r, g, b := m.chroma(chroma[0], chroma[1])
		y := m.luma(luma[0])
		to[0], to[1], to[2] = clamp(y+r), clamp(y+g), clamp(y+b)
		y = m.luma(luma[1])
		to[3], to[4], to[5] = clamp(y+r), clamp(y+g), clamp(y+b)
	}
	if len(dst) >= 3 && len(luma) >= 1 && len(chroma) >= 2 {
		r, g, b := m.chroma(chroma[0], chroma[1])
		y := m.luma(luma[0])
		dst[0], dst[1], dst[2] = clamp(y+r), clamp(y+g), clamp(y+b)
	}
}

func (c *converter) copyRow(dst, src []byte) {
	copy(dst, src)
	if c.levels != nil {
		for i, v := range dst {
			dst[i] = c.levels[v]
		}
	}
}

func (c *converter) grey(dst, src []byte) {
	for x := range len(dst) / 3 {
		v := src[x]
		if c.levels != nil {
			v = c.levels[v]
		}
		dst[3*x], dst[3*x+1], dst[3*x+2] = v, v, v
	}
}
