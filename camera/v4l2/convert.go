package v4l2

import (
	"fmt"

	"edgeclr/camera/mjpeg"
	"edgeclr/camera/rgb"
)

// converter turns the bytes of one layout into pictures.
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

// picture converts the planes, which hold at least Layout.minBytes. It copies a JPEG.
// The error matches [ErrDamaged].
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

// packed converts a row of 4:2:2, two pixels in four bytes: Y0 U Y1 V, or U Y0 V Y1
// when chromaFirst is 1.
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

// semiplanar converts a row of luma with the row of U V pairs that two luma rows
// share.
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

// matrix turns luma and chroma into RGB, in fixed point with 16 fractional bits.
type matrix struct {
	dark           int32 // luma of black
	y              int32
	rv, gu, gv, bu int32
}

// weights are the shares of red and blue in luma (ITU-T H.273, table 4).
type weights struct{ red, blue float64 }

var (
	bt601     = weights{0.299, 0.114}
	bt709     = weights{0.2126, 0.0722}
	bt2020    = weights{0.2627, 0.0593}
	smpte240m = weights{0.212, 0.087}
)

// weights returns the weights for the layout. If the driver names no encoding, they
// follow from the colour space, as in the V4L2 documentation ("Colorspaces").
func (l Layout) weights() weights {
	switch l.Encoding {
	case encoding601, encodingXV601:
		return bt601
	case encoding709, encodingXV709:
		return bt709
	case encodingBT2020, encodingBT2020C:
		return bt2020
	case encodingSMPTE240M:
		return smpte240m
	}
	switch l.Colorspace {
	case colorspaceREC709, colorspaceDCIP3:
		return bt709
	case colorspaceBT2020:
		return bt2020
	case colorspaceSMPTE240M:
		return smpte240m
	}
	return bt601
}

// full reports whether luma goes from 0 to 255 rather than from 16 to 235.
func (l Layout) full() bool {
	switch l.Quantization {
	case quantizationFull:
		return true
	case quantizationLimited:
		return false
	}
	// GREY is formally luma and so limited. But infrared cameras and sensors, which
	// deliver it, use the full range and do not say so.
	return l.Colorspace == colorspaceJPEG || l.Format == RGB24 || l.Format == GREY
}

func newMatrix(l Layout) matrix {
	w := l.weights()
	green := 1 - w.red - w.blue
	dark, luma, chroma := 16.0, 255.0/219, 255.0/224
	if l.full() {
		dark, luma, chroma = 0, 1, 1
	}
	fixed := func(f float64) int32 { return int32(f*65536 + 0.5) }
	return matrix{
		dark: int32(dark),
		y:    fixed(luma),
		rv:   fixed(chroma * 2 * (1 - w.red)),
		gu:   fixed(chroma * 2 * (1 - w.blue) * w.blue / green),
		gv:   fixed(chroma * 2 * (1 - w.red) * w.red / green),
		bu:   fixed(chroma * 2 * (1 - w.blue)),
	}
}

// chroma returns what a pair of chroma samples adds to red, green and blue.
func (m *matrix) chroma(u, v byte) (r, g, b int32) {
	cu, cv := int32(u)-128, int32(v)-128
	return m.rv*cv + 1<<15, -m.gu*cu - m.gv*cv + 1<<15, m.bu*cu + 1<<15
}

// luma returns what a luma sample adds to all three.
func (m *matrix) luma(y byte) int32 { return (int32(y) - m.dark) * m.y }

// clamp cuts the fractional bits off and limits the value to 0 to 255.
func clamp(x int32) byte {
	if uint32(x)&0xff000000 == 0 {
		return byte(x >> 16)
	}
	return byte(^(x >> 31))
}
