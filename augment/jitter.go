package augment

import "math"

// jitter applies the colour operations in the drawn order.
func (a *Augmenter) jitter(pix []uint8, p Params) {
	for _, op := range p.Order {
		switch op {
		case Brightness:
			blend(pix, 0, p.Brightness)
		case Contrast:
			blend(pix, meanLuma(pix), p.Contrast)
		case Saturation:
			saturate(pix, p.Saturation)
		case Hue:
			a.hue.shift(pix, p.Hue)
		}
	}
}

// luma is Pillow's convert("L"), with the weights of ITU-R 601 in 16-bit fixed point.
func luma(r, g, b uint8) uint8 {
	return uint8((uint32(r)*19595 + uint32(g)*38470 + uint32(b)*7471 + 1<<15) >> 16)
}

// grayscale is torchvision's rgb_to_grayscale with three channels.
func grayscale(pix []uint8) {
	for ; len(pix) >= 3; pix = pix[3:] {
		l := luma(pix[0], pix[1], pix[2])
		pix[0], pix[1], pix[2] = l, l, l
	}
}

// meanLuma is the rounded mean of the L image. Pillow's ImageEnhance.Contrast blends
// with this gray.
func meanLuma(pix []uint8) uint8 {
	var sum uint64
	count := uint64(len(pix) / 3)
	for ; len(pix) >= 3; pix = pix[3:] {
		sum += uint64(luma(pix[0], pix[1], pix[2]))
	}
	return uint8(float64(sum)/float64(count) + 0.5)
}

// blend is PIL.Image.blend of a uniform gray picture and pix: it scales the distance
// of each value from gray by factor. With gray 0 that is ImageEnhance.Brightness, with
// the mean it is ImageEnhance.Contrast. The result depends on the value alone, so a
// table of 256 results is computed as Pillow computes them, in float32.
func blend(pix []uint8, gray uint8, factor float64) {
	var table [256]uint8
	for v := range table {
		table[v] = blended(gray, uint8(v), float32(factor))
	}
	for i, v := range pix {
		pix[i] = table[v]
	}
}

// blended is one value of Pillow's ImagingBlend: float32 arithmetic, rounded towards
// zero, limited to 0..255.
func blended(from, to uint8, factor float32) uint8 {
	// Converting the product to float32 keeps the compiler from fusing it with the
	// sum, as arm64 can. A fused operation rounds once, Pillow's rounds twice.
	v := float32(from) + float32(factor*float32(int(to)-int(from)))
	switch {
	case v <= 0:
		return 0
	case v >= 255:
		return 255
	}
	return uint8(v)
}

// saturate is ImageEnhance.Color: a blend of each pixel with its own gray. A table
// holds the floor of factor times difference: adding the gray, a whole number, does
// not change the fraction. Only Pillow's float32 sum can round a fraction up to the
// next whole number, by half a unit in its last place. The unit is taken as that of
// sums around 100. A value may differ by 1 where a product is that close to a whole
// number.
func saturate(pix []uint8, factor float64) {
	const nearly = 1.0 / (1 << 18)
	if factor == 1 {
		return
	}
	var table [511]int16 // floor(factor * difference), by difference + 255
	for d := range table {
		product := float64(float32(factor) * float32(d-255))
		table[d] = int16(math.Floor(product + nearly))
	}
	for ; len(pix) >= 3; pix = pix[3:] {
		l := int(luma(pix[0], pix[1], pix[2]))
		base := 255 - l
		pix[0] = clamp(l + int(table[base+int(pix[0])]))
		pix[1] = clamp(l + int(table[base+int(pix[1])]))
		pix[2] = clamp(l + int(table[base+int(pix[2])]))
	}
}

// clamp limits v to 0..255.
func clamp(v int) uint8 {
	return uint8(min(max(v, 0), 255))
}
