package v4l2

import (
	"fmt"
	"testing"

	"edgeclr/camera/rgb"
)

// bars are the colours of the test pattern, from the left.
var bars = [8][3]int{
	{255, 255, 255}, {255, 255, 0}, {0, 255, 255}, {0, 255, 0}, {255, 0, 255}, {255, 0, 0}, {0, 0, 255}, {0, 0, 0},
}

// tolerance is the loss by 8 bits of luma and chroma in the driver and here: vivid truncates
// instead of rounding, and limits chroma of the full range to 1 to 254.
const tolerance = 4

// checkBars compares the middle of each bar, in the first row, a middle one and the last.
func checkBars(t *testing.T, m *rgb.Image, want [8][3]int) {
	t.Helper()
	for _, y := range []int{0, m.Height / 2, m.Height - 1} {
		for i, colour := range want {
			x := (2*i + 1) * m.Width / 16
			for c := range 3 {
				if got := int(m.Pix[3*(y*m.Width+x)+c]); got < colour[c]-tolerance || got > colour[c]+tolerance {
					t.Errorf("bar %d at (%d, %d): %v, want %v", i, x, y, m.Pix[3*(y*m.Width+x):][:3], colour)
					break
				}
			}
		}
	}
}

// greyBars are the bars as vivid converts them to grey: luma of BT.709 from 0 to 255, whatever its controls say.
func greyBars() [8][3]int {
	var all [8][3]int
	for i, c := range bars {
		v := int(0.2126*float64(c[0]) + 0.7152*float64(c[1]) + 0.0722*float64(c[2]))
		all[i] = [3]int{v, v, v}
	}
	return all
}

func TestVividPixels(t *testing.T) {
	for _, multiplanar := range []bool{false, true} {
		path := vivid(t, multiplanar)
		formats := []FourCC{YUYV, UYVY, NV12, RGB24, GREY}
		if multiplanar {
			formats = append(formats, NV12M)
		}
		for _, format := range formats {
			t.Run(fmt.Sprintf("%v multiplanar %v", format, multiplanar), func(t *testing.T) {
				c := start(t, path, Settings{Format: format, Width: 320, Height: 180})
				if l := c.Layout(); l.Format != format || l.Width != 320 || l.Height != 180 {
					t.Fatalf("%+v", l)
				}
				p := next(t, c)
				if p.JPEG != nil || p.Image.Width != 320 || p.Image.Height != 180 {
					t.Fatalf("%d x %d", p.Image.Width, p.Image.Height)
				}
				want := bars
				if format == GREY {
					want = greyBars()
				}
				checkBars(t, p.Image, want)
			})
		}
	}
}

// The conversion follows the colour space that the driver reports.
func TestVividColours(t *testing.T) {
	path := vivid(t, false)
	for _, format := range []FourCC{YUYV, NV12, RGB24} {
		for _, colorspace := range []string{"SMPTE 170M", "Rec. 709", "sRGB"} {
			for _, encoding := range []string{"default", "ITU-R 601", "Rec. 709"} {
				for _, quantization := range []string{"default", "Full Range", "Limited Range"} {
					t.Run(fmt.Sprint(format, colorspace, encoding, quantization), func(t *testing.T) {
						press(t, path, "colorspace", colorspace)
						press(t, path, "y_cbcr_encoding", encoding)
						press(t, path, "quantization", quantization)
						c := start(t, path, Settings{Format: format, Width: 320, Height: 180})
						checkBars(t, next(t, c).Image, bars)
					})
				}
			}
		}
	}
	reset(t, path)
}

// The camera uses the size that the driver answers, not the one that was asked for.
func TestVividOddSizes(t *testing.T) {
	path := vivid(t, false)
	input(t, path, 3)
	defer input(t, path, 0)
	fit := func(value string) {
		press(t, path, "enable_capture_cropping", value)
		press(t, path, "enable_capture_composing", value)
	}
	fit("false") // so that the scaler fills the picture
	defer fit("true")
	for _, want := range [][2]int{{641, 361}, {123, 77}, {33, 17}, {1000, 3}} {
		for _, format := range []FourCC{YUYV, NV12, RGB24} {
			t.Run(fmt.Sprint(want, format), func(t *testing.T) {
				c := start(t, path, Settings{Format: format, Width: want[0], Height: want[1]})
				l := c.Layout()
				m := next(t, c).Image
				if m.Width != l.Width || m.Height != l.Height {
					t.Errorf("%v, and %d x %d pixels", l, m.Width, m.Height)
				}
				if l.Width < want[0]-4 || l.Width > want[0]+4 {
					t.Errorf("asked for %v, got %v", want, l)
				}
				t.Logf("asked for %v, got %v, stride %v", want, l, l.Strides)
				checkBars(t, m, bars)
			})
		}
	}
}

func TestVividNearestSize(t *testing.T) {
	path := vivid(t, false)
	for _, tc := range []struct {
		settings      Settings
		width, height int
	}{
		{Settings{}, 640, 480},
		{Settings{Width: 320}, 320, 180},
		{Settings{Height: 700}, 1280, 720},
		{Settings{Width: 1300, Height: 700}, 1280, 720},
		{Settings{Width: 10000, Height: 10000}, 3840, 2160},
	} {
		c := start(t, path, tc.settings)
		if l := c.Layout(); l.Width != tc.width || l.Height != tc.height || l.Format != YUYV {
			t.Errorf("%+v gives %v", tc.settings, l)
		}
		c.Close()
	}
}
