package rgb

import (
	"image"
	"image/color"
)

// FromImage converts any picture to 8-bit RGB like PIL's convert("RGB"): it drops alpha and
// keeps the colour under it (not blended with black), cuts 16 bits to 8, replicates gray,
// and looks up palettes. CMYK follows Go's image/color. It divides the colours of Go's
// premultiplied types by their alpha. That cannot restore fully transparent pixels, which
// become black. The common concrete types have fast paths.
func FromImage(m image.Image) *Image {
	b := m.Bounds()
	out := New(b.Dx(), b.Dy())
	if out.Width == 0 {
		return out
	}
	for y := range out.Height {
		dst := out.Pix[3*y*out.Width : 3*(y+1)*out.Width]
		convertRow(dst, m, b.Min.X, b.Min.Y+y)
	}
	return out
}

// convertRow fills dst with the pixels of one row from (x, y) on. The switch runs once for
// each row, so that the loops in it have a concrete type.
func convertRow(dst []uint8, m image.Image, x, y int) {
	switch m := m.(type) {
	case *image.YCbCr:
		yCbCrRow(dst, m, x, y)
	case *image.NYCbCrA:
		yCbCrRow(dst, &m.YCbCr, x, y)
	case *image.RGBA:
		rgbaRow(dst, m.Pix[m.PixOffset(x, y):])
	case *image.NRGBA:
		src := m.Pix[m.PixOffset(x, y):]
		for ; len(dst) >= 3; dst, src = dst[3:], src[4:] {
			dst[0], dst[1], dst[2] = src[0], src[1], src[2]
		}
	case *image.NRGBA64:
		src := m.Pix[m.PixOffset(x, y):]
		for ; len(dst) >= 3; dst, src = dst[3:], src[8:] {
			dst[0], dst[1], dst[2] = src[0], src[2], src[4]
		}
	case *image.Gray:
		src := m.Pix[m.PixOffset(x, y):]
		for ; len(dst) >= 3; dst, src = dst[3:], src[1:] {
			dst[0], dst[1], dst[2] = src[0], src[0], src[0]
		}
	case *image.Gray16:
		src := m.Pix[m.PixOffset(x, y):]
		for ; len(dst) >= 3; dst, src = dst[3:], src[2:] {
			dst[0], dst[1], dst[2] = src[0], src[0], src[0]
		}
	case *image.Paletted:
		palettedRow(dst, m.Pix[m.PixOffset(x, y):], m.Palette)
	default:
		for ; len(dst) >= 3; dst, x = dst[3:], x+1 {
			dst[0], dst[1], dst[2] = straight(m.At(x, y))
		}
	}
}

// straight returns the colour without its alpha. It reads types that hold straight colours
// directly: Go's conversion would multiply by alpha and divide again.
func straight(c color.Color) (r, g, b uint8) {
	if c, ok := c.(color.NRGBA); ok {
		return c.R, c.G, c.B
	}
	n := color.NRGBA64Model.Convert(c).(color.NRGBA64)
	return uint8(n.R >> 8), uint8(n.G >> 8), uint8(n.B >> 8)
}

func rgbaRow(dst, src []uint8) {
	for ; len(dst) >= 3; dst, src = dst[3:], src[4:] {
		switch a := src[3]; a {
		case 0xff:
			dst[0], dst[1], dst[2] = src[0], src[1], src[2]
		default:
			dst[0], dst[1], dst[2] = straight(color.RGBA{src[0], src[1], src[2], a})
		}
	}
}

// palettedRow looks colours up. An index beyond the palette, which a broken
// file can hold, is black.
func palettedRow(dst, src []uint8, palette color.Palette) {
	var table [256][3]uint8
	for i, c := range palette[:min(len(palette), 256)] {
		table[i][0], table[i][1], table[i][2] = straight(c)
	}
	for ; len(dst) >= 3; dst, src = dst[3:], src[1:] {
		copy(dst, table[src[0]][:])
	}
}

// yCbCrRow converts as color.YCbCrToRGB does, whose formula (JFIF, in 16-bit
// fixed point) is written out here since the call does not inline.
func yCbCrRow(dst []uint8, m *image.YCbCr, x, y int) {
	luma := m.Y[m.YOffset(x, y):]
	width := len(dst) / 3
	for i := range width {
		c := m.COffset(x+i, y)
		yy := int32(luma[i]) * 0x10101
		cb, cr := int32(m.Cb[c])-128, int32(m.Cr[c])-128
		px := dst[3*i : 3*i+3]
		px[0] = clamp16(yy + 91881*cr)
		px[1] = clamp16(yy - 22554*cb - 46802*cr)
		px[2] = clamp16(yy + 116130*cb)
	}
}

// clamp16 returns v / 65536, limited to 0..255.
func clamp16(v int32) uint8 {
	if uint32(v)&0xff000000 == 0 {
		return uint8(v >> 16)
	}
	return uint8(^(v >> 31)) // below 0: 0, above: 255
}
