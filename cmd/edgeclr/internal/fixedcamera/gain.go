package fixedcamera

import (
	"slices"

	"edgeclr/camera/rgb"
)

// gain is the factor of each channel that gives a frame the light of the background. A
// factor on encoded values is a factor on the light too, since their curve is close to a
// power.
type gain [3]float64

const (
	gainStep  = 29  // every 29th pixel is looked at
	leastGain = 100 // so many usable pixels, at least
	darkest   = 16  // values outside this range say little about the light
	brightest = 245
	mostGain  = 4 // a larger factor is no change of light
)

// gainOf estimates the gain by the median of the ratios of pixels. So up to half of the
// picture may be covered.
func gainOf(m, background *rgb.Image) gain {
	g := gain{1, 1, 1}
	for c := range g {
		var ratios []float64
		for i := c; i < len(m.Pix); i += 3 * gainStep {
			a, b := m.Pix[i], background.Pix[i]
			if min(a, b) >= darkest && max(a, b) <= brightest {
				ratios = append(ratios, float64(b)/float64(a))
			}
		}
		if len(ratios) < leastGain {
			continue
		}
		slices.Sort(ratios)
		g[c] = min(max(ratios[len(ratios)/2], 1.0/mostGain), mostGain)
	}
	return g
}

// apply multiplies the picture by the gain.
func (g gain) apply(m *rgb.Image) *rgb.Image {
	var table [3][256]uint8
	for c := range table {
		for v := range table[c] {
			table[c][v] = uint8(min(float64(v)*g[c]+0.5, 255))
		}
	}
	out := rgb.New(m.Width, m.Height)
	for i, v := range m.Pix {
		out.Pix[i] = table[i%3][v]
	}
	return out
}
