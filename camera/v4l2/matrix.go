package v4l2

// matrix turns luma and chroma into RGB, in fixed point with 16 bits behind the point.
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

// weights of the layout. What the driver leaves open follows from the colour
// space, as the V4L2 documentation ("Colorspaces") has it.
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

// full tells whether luma goes from 0 to 255 rather than from 16 to 235.
func (l Layout) full() bool {
	switch l.Quantization {
	case quantizationFull:
		return true
	case quantizationLimited:
		return false
	}
	// GREY by the letter is luma and so limited; but infrared cameras and sensors,
	// which are what delivers it, use the whole range and say nothing.
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

// chroma is what a pair of chroma samples adds to red, green and blue.
func (m *matrix) chroma(u, v byte) (r, g, b int32) {
	cu, cv := int32(u)-128, int32(v)-128
	return m.rv*cv + 1<<15, -m.gu*cu - m.gv*cv + 1<<15, m.bu*cu + 1<<15
}

// luma is what a luma sample adds to all three.
func (m *matrix) luma(y byte) int32 { return (int32(y) - m.dark) * m.y }

// clamp cuts the bits behind the point off and takes the value into 0 to 255.
func clamp(x int32) byte {
	if uint32(x)&0xff000000 == 0 {
		return byte(x >> 16)
	}
	return byte(^(x >> 31))
}
