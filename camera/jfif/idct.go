package jfif

// Constants of the inverse DCT in fixed point of 13 bits, and the extra bits that the first
// pass keeps.
const (
	fix0298 = 2446
	fix0390 = 3196
	fix0541 = 4433
	fix0765 = 6270
	fix0899 = 7373
	fix1175 = 9633
	fix1501 = 12299
	fix1847 = 15137
	fix1961 = 16069
	fix2053 = 16819
	fix2562 = 20995
	fix3072 = 25172

	fixBits   = 13
	extraBits = 2
)

// idct writes the pixels of a block of coefficients, in natural order, to 8 rows of dst.
// The algorithm is that of Loeffler, Ligtenberg and Moschytz (ICASSP 1989), in two passes
// with the rounding of libjpeg's jidctint.c ("islow").
func idct(block *[64]int32, dst []uint8, stride int) {
	for i := range 8 {
		b := block[i : i+57 : i+57]
		if b[8]|b[16]|b[24]|b[32]|b[40]|b[48]|b[56] == 0 {
			v := b[0] << extraBits
			b[0], b[8], b[16], b[24], b[32], b[40], b[48], b[56] = v, v, v, v, v, v, v, v
			continue
		}
		e0, e1, e2, e3, o0, o1, o2, o3 := butterflies(b[0], b[8], b[16], b[24], b[32], b[40], b[48], b[56])
		const shift = fixBits - extraBits
		b[0], b[56] = descale(e0+o3, shift), descale(e0-o3, shift)
		b[8], b[48] = descale(e1+o2, shift), descale(e1-o2, shift)
		b[16], b[40] = descale(e2+o1, shift), descale(e2-o1, shift)
		b[24], b[32] = descale(e3+o0, shift), descale(e3-o0, shift)
	}
	for i := range 8 {
		b := block[8*i : 8*i+8 : 8*i+8]
		e0, e1, e2, e3, o0, o1, o2, o3 := butterflies(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7])
		const shift = fixBits + extraBits + 3
		row := dst[i*stride : i*stride+8 : i*stride+8]
		row[0], row[7] = clamp(descale(e0+o3, shift)), clamp(descale(e0-o3, shift))
		row[1], row[6] = clamp(descale(e1+o2, shift)), clamp(descale(e1-o2, shift))
		row[2], row[5] = clamp(descale(e2+o1, shift)), clamp(descale(e2-o1, shift))
		row[3], row[4] = clamp(descale(e3+o0, shift)), clamp(descale(e3-o0, shift))
	}
}

// butterflies transforms 8 values. It returns the sums of the even and those of the odd
// ones, 13 bits larger.
func butterflies(x0, x1, x2, x3, x4, x5, x6, x7 int32) (e0, e1, e2, e3, o0, o1, o2, o3 int32) {
	z1 := (x2 + x6) * fix0541
	low, high := z1-x6*fix1847, z1+x2*fix0765
	sum, difference := (x0+x4)<<fixBits, (x0-x4)<<fixBits
	e0, e3 = sum+high, sum-high
	e1, e2 = difference+low, difference-low

	z1, z2, z3, z4 := x7+x1, x5+x3, x7+x3, x5+x1
	z5 := (z3 + z4) * fix1175
	z1, z2 = -z1*fix0899, -z2*fix2562
	z3, z4 = z5-z3*fix1961, z5-z4*fix0390
	o0 = x7*fix0298 + z1 + z3
	o1 = x5*fix2053 + z2 + z4
	o2 = x3*fix3072 + z2 + z3
	o3 = x1*fix1501 + z1 + z4
	return e0, e1, e2, e3, o0, o1, o2, o3
}

// descale divides by a power of two and rounds to the nearest.
func descale(v int32, bits int) int32 { return (v + 1<<(bits-1)) >> bits }

// clamp shifts the middle from 0 to 128.
func clamp(v int32) uint8 { return uint8(min(max(v+128, 0), 255)) }

// idctFlat is idct for a block whose coefficients are zero but for the first.
func idctFlat(first int32, dst []uint8, stride int) {
	v := clamp(descale(first<<extraBits, extraBits+3))
	for i := range 8 {
		row := dst[i*stride : i*stride+8 : i*stride+8]
		for k := range row {
			row[k] = v
		}
	}
}
