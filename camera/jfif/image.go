package jfif

import "edgeclr/camera/rgb"

// image converts the planes to RGB.
func (d *decoder) image() *rgb.Image {
	out := rgb.New(d.width, d.height)
	convert := jfifRow
	switch {
	case len(d.components) == 1:
		convert = grayRow
	case d.isRGB():
		convert = rgbRow
	}
	var planes [3]*upsampler
	for i := range planes {
		planes[i] = newUpsampler(d, &d.components[min(i, len(d.components)-1)])
	}
	for y := range d.height {
		convert(out.Pix[3*y*d.width:3*(y+1)*d.width], planes[0].row(y), planes[1].row(y), planes[2].row(y))
	}
	return out
}

// isRGB decides as libjpeg does: JFIF is YCbCr, Adobe's segment says what it is, and
// without both the names of the components do.
func (d *decoder) isRGB() bool {
	switch {
	case d.jfif:
		return false
	case d.adobe:
		return d.transform == 0
	}
	return d.components[0].id == 'R' && d.components[1].id == 'G' && d.components[2].id == 'B'
}

func grayRow(dst, luma, _, _ []uint8) {
	for i, v := range luma[:len(dst)/3] {
		dst[3*i], dst[3*i+1], dst[3*i+2] = v, v, v
	}
}

func rgbRow(dst, r, g, b []uint8) {
	for i := range len(dst) / 3 {
		dst[3*i], dst[3*i+1], dst[3*i+2] = r[i], g[i], b[i]
	}
}

// jfifRow converts a row from YCbCr by the formula of JFIF, in fixed point of 16 bits,
// rounded to the nearest.
func jfifRow(dst, luma, cb, cr []uint8) {
	width := len(dst) / 3
	luma, cb, cr = luma[:width], cb[:width], cr[:width]
	for i := range luma {
		y := int32(luma[i])<<16 + 1<<15
		b, r := int32(cb[i])-128, int32(cr[i])-128
		dst[2] = byteOf(y + 116130*b)
		dst[1] = byteOf(y - 22554*b - 46802*r)
		dst[0] = byteOf(y + 91881*r)
		dst = dst[3:]
	}
}

// byteOf returns v / 65536, limited to 0..255.
func byteOf(v int32) uint8 {
	if uint32(v)&0xff000000 == 0 {
		return uint8(v >> 16)
	}
	return uint8(^(v >> 31)) // below 0: 0, above: 255
}
