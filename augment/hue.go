package augment

import "math"

// hueTables hold Pillow's conversion from RGB to HSV (Convert.c, rgb2hsv_row). Its
// float arithmetic is too slow for every pixel. The hue depends on which channel is
// largest and which smallest (one of six sextants), on the range (largest less
// smallest), and on the distance of the middle value from the largest. The saturation
// depends on the range and the largest value. All of them are bytes.
type hueTables struct {
	hue        [6][256 * 256]uint8 // [sextant][range<<8 | largest - middle]
	saturation [256 * 256]uint8    // [range<<8 | largest]
}

// The sextants, by largest and smallest channel: in redBlue red is the largest and
// blue the smallest. The hue is a whole number of sixths plus or minus the ratio
// (largest - middle) / range.
const (
	redBlue = iota
	redGreen
	greenBlue
	greenRed
	blueRed
	blueGreen
)

func newHueTables() *hueTables {
	t := new(hueTables)
	for span := 1; span < 256; span++ {
		for d := 0; d <= span; d++ {
			ratio := float32(d) / float32(span)
			// Pillow takes differences in float32, but its 2.0 and 4.0 are doubles.
			for sextant, h := range [6]float32{
				redBlue:   1 - ratio,
				redGreen:  ratio - 1,
				greenBlue: float32(2 + float64(ratio) - 1),
				greenRed:  float32(2 + 1 - float64(ratio)),
				blueRed:   float32(4 + float64(ratio) - 1),
				blueGreen: float32(4 + 1 - float64(ratio)),
			} {
				h = float32(math.Mod(float64(h)/6+1, 1))
				t.hue[sextant][span<<8|d] = uint8(min(float64(h)*255, 255))
			}
		}
		for largest := span; largest < 256; largest++ {
			s := float32(span) / float32(largest)
			t.saturation[span<<8|largest] = uint8(min(float64(s)*255, 255))
		}
	}
	return t
}

// shift turns the colour circle by factor (-0.5 to 0.5), as torchvision's adjust_hue
// does: to 8-bit HSV, shifted with wrap-around, and back. Gray pixels keep their
// values. The bytes equal Pillow's except for ties in the last rounding.
func (t *hueTables) shift(pix []uint8, factor float64) {
	targets := hueTargets(uint8(int32(factor * 255)))
	for ; len(pix) >= 3; pix = pix[3:] {
		r, g, b := int(pix[0]), int(pix[1]), int(pix[2])
		largest, smallest := max(r, g, b), min(r, g, b)
		span := largest - smallest
		if span == 0 {
			continue
		}
		var sextant int
		switch {
		case r == largest:
			sextant = redBlue
			if g == smallest && b != smallest {
				sextant = redGreen
			}
		case g == largest:
			sextant = greenBlue
			if r == smallest {
				sextant = greenRed
			}
		default:
			sextant = blueRed
			if g == smallest && r != smallest {
				sextant = blueGreen
			}
		}
		middle := r + g + b - largest - smallest
		target := &targets[t.hue[sextant][span<<8|(largest-middle)]]
		saturation := uint64(t.saturation[span<<8|largest])

		// Back to RGB: the largest stays v. The others are v * (1 - s) and
		// v * (1 - s * fall), rounded to the nearest, halves up.
		full := uint64(largest) * 255
		product := uint64(largest) * saturation
		low := (2*(full-product) + 255) / 510
		mid := (2*(full*fallOne-product*target.fall) + 255*fallOne) / (510 * fallOne)
		pix[target.top], pix[target.bottom], pix[target.between] = uint8(largest), uint8(low), uint8(mid)
	}
}

// hueTarget says how a shifted hue becomes channels again.
type hueTarget struct {
	top, bottom, between uint8  // channel of the largest, smallest and middle value
	fall                 uint64 // how far the middle value falls, 0 to fallOne
}

// fallOne is 1 in the fixed point of hueTarget.fall.
const fallOne = 1 << 24

// hueTargets computes the target of every hue before the shift (Pillow's hsv2rgb with
// h = i + f sixths).
func hueTargets(shift uint8) (targets [256]hueTarget) {
	for h := range targets {
		// Sixths of the circle are 42.5 apart; 255 is the same red as 0.
		sixths := float64(uint8(h)+shift) * 6 / 255
		i := int(sixths)
		f := uint64(math.Round((sixths - float64(i)) * fallOne))
		targets[h] = [6]hueTarget{
			{0, 2, 1, fallOne - f}, // red to yellow: green rises
			{1, 2, 0, f},           // yellow to green: red falls
			{1, 0, 2, fallOne - f}, // green to cyan: blue rises
			{2, 0, 1, f},           // cyan to blue: green falls
			{2, 1, 0, fallOne - f}, // blue to magenta: red rises
			{0, 1, 2, f},           // magenta to red: blue falls
		}[i%6]
	}
	return targets
}
