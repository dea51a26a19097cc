package v4l2

import (
	"errors"
	"strings"
	"testing"
)

// discrete returns sizes like those of a webcam.
func discrete(sides ...int) []Size {
	var all []Size
	for ; len(sides) > 1; sides = sides[2:] {
		all = append(all, Size{Extent{sides[0], sides[0], 1}, Extent{sides[1], sides[1], 1}})
	}
	return all
}

func TestChoose(t *testing.T) {
	webcam := []offer{
		{MJPEG, discrete(640, 480, 320, 240, 1280, 720, 1920, 1080)},
		{YUYV, discrete(640, 480, 320, 240, 1280, 720)},
		{'H' | '2'<<8 | '6'<<16 | '4'<<24, discrete(640, 480)},
	}
	infrared := []offer{{GREY, discrete(640, 480, 640, 360)}}
	ranges := []offer{
		{RGB24, []Size{{Extent{16, 1920, 2}, Extent{16, 1080, 2}}}},
		{NV12, []Size{{Extent{32, 4096, 32}, Extent{32, 4096, 16}}}},
	}
	for _, tc := range []struct {
		name   string
		offers []offer
		want   Settings
		usb    bool
		choice string
	}{
		{"webcam", webcam, Settings{}, true, "YUYV 640x480"},
		{"webcam, large", webcam, Settings{Width: 1280, Height: 720}, true, "MJPEG 1280x720"},
		{"large, not by USB", webcam, Settings{Width: 1280, Height: 720}, false, "YUYV 1280x720"},
		{"only MJPEG has the size", webcam, Settings{Width: 1920, Height: 1080}, false, "MJPEG 1920x1080"},
		{"format given", webcam, Settings{Format: MJPEG}, true, "MJPEG 640x480"},
		{"format given, large", webcam, Settings{Format: YUYV, Width: 1920}, true, "YUYV 1280x720"},
		{"width alone", webcam, Settings{Width: 320}, true, "YUYV 320x240"},
		{"height alone", webcam, Settings{Height: 1080}, true, "MJPEG 1920x1080"},
		{"smaller than all", webcam, Settings{Width: 10, Height: 10}, true, "YUYV 320x240"},
		{"between two", webcam, Settings{Width: 700, Height: 500}, true, "YUYV 640x480"},
		{"infrared", infrared, Settings{}, true, "GREY 640x480"},
		{"colour before grey", append(infrared, webcam...), Settings{}, true, "YUYV 640x480"},
		{"range", ranges, Settings{}, false, "NV12 640x480"},
		{"range, steps of 2", ranges, Settings{Width: 333, Height: 250}, false, "RGB24 332x250"},
		{"range, below the least", ranges, Settings{Width: 1, Height: 1}, false, "RGB24 16x16"},
		{"range, above the greatest", ranges, Settings{Width: 9000, Height: 9000}, false, "NV12 4096x4096"},
		{"sizes are not told", []offer{{UYVY, nil}}, Settings{Width: 720, Height: 576}, false, "UYVY 720x576"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := choose(tc.offers, tc.want, tc.usb)
			if err != nil || c.String() != tc.choice {
				t.Errorf("got %v, %v, want %s", c, err, tc.choice)
			}
		})
	}
	for _, tc := range []struct {
		name   string
		offers []offer
		want   Settings
		says   string
	}{
		{"not offered", webcam, Settings{Format: GREY}, "no format GREY; it offers MJPEG, YUYV, H264"},
		{"sensor", []offer{{'p' | 'B'<<8 | 'A'<<16 | 'A'<<24, nil}}, Settings{}, "it offers pBAA (a CSI sensor needs its own program"},
		{"nothing", nil, Settings{}, "it offers none"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := choose(tc.offers, tc.want, true); !errors.Is(err, ErrSetting) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want %q", err, tc.says)
			}
		})
	}
}

func TestParseFormat(t *testing.T) {
	for name, want := range map[string]FourCC{"YUYV": YUYV, "yuyv": YUYV, "MJPG": MJPEG, "mjpeg": MJPEG, "RGB3": RGB24, "rgb24": RGB24, "NM12": NV12M, "grey": GREY} {
		if got, err := ParseFormat(name); got != want || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "H264", "YUYV2"} {
		if _, err := ParseFormat(name); !errors.Is(err, ErrSetting) || !strings.Contains(err.Error(), "YUYV, UYVY") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for f, want := range map[FourCC]string{NV12M: "NV12M", 'Y' | '1'<<8 | '6'<<16 | (' '|0x80)<<24: "Y16-BE", 'Y' | '1'<<8 | '0'<<16 | ' '<<24: "Y10", 1: "????"} {
		if got := f.String(); got != want {
			t.Errorf("%x: %q", uint32(f), got)
		}
	}
}
