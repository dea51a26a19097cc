package camera

import (
	"image"
	"math"
	"strings"
	"testing"
	"time"

	"edgeclr/camera/rgb"
)

// numbered is a picture whose pixels all differ and are never black.
func numbered(w, h int) *rgb.Image {
	m := rgb.New(w, h)
	for i := range w * h {
		m.Pix[3*i], m.Pix[3*i+1], m.Pix[3*i+2] = uint8(i%w)+1, uint8(i/w)+1, 255
	}
	return m
}

func at(m *rgb.Image, x, y int) [3]uint8 { return [3]uint8(m.Pix[3*(y*m.Width+x):]) }

func TestView(t *testing.T) {
	black := [3]uint8{}
	for _, tc := range []struct {
		name   string
		view   View
		size   image.Point
		pixels map[image.Point][3]uint8
	}{
		{"as it comes", View{}, image.Pt(40, 20), map[image.Point][3]uint8{{3, 2}: {4, 3, 255}}},
		{"a quarter to the right", View{Rotate: 90}, image.Pt(20, 40), map[image.Point][3]uint8{{19, 0}: {1, 1, 255}, {0, 0}: {1, 20, 255}}},
		{"upside down", View{Rotate: 180}, image.Pt(40, 20), map[image.Point][3]uint8{{39, 19}: {1, 1, 255}}},
		{"a quarter to the left", View{Rotate: 270}, image.Pt(20, 40), map[image.Point][3]uint8{{0, 39}: {1, 1, 255}}},
		{"region", View{Region: Box{0.25, 0.5, 0.5, 0.25}}, image.Pt(20, 5), map[image.Point][3]uint8{{0, 0}: {11, 11, 255}, {19, 4}: {30, 15, 255}}},
		{"mask", View{Mask: []Box{{0, 0, 0.5, 0.5}, {0.9, 0.9, 0.1, 0.1}}}, image.Pt(40, 20),
			map[image.Point][3]uint8{{0, 0}: black, {19, 9}: black, {20, 9}: {21, 10, 255}, {19, 10}: {20, 11, 255}, {36, 18}: black, {35, 18}: {36, 19, 255}}},
		{"a mask covers every pixel that it touches", View{Mask: []Box{{0.26, 0.26, 0.01, 0.01}}}, image.Pt(40, 20),
			map[image.Point][3]uint8{{10, 5}: black, {11, 5}: {12, 6, 255}, {10, 6}: {11, 7, 255}}},
		{"turn, then mask, then crop", View{Rotate: 90, Mask: []Box{{0, 0, 1, 0.5}}, Region: Box{0, 0.25, 1, 0.5}}, image.Pt(20, 20),
			map[image.Point][3]uint8{{0, 0}: black, {19, 9}: black, {19, 10}: {21, 1, 255}}},
		{"a region of less than a pixel", View{Region: Box{0.999, 0.999, 0.001, 0.001}}, image.Pt(1, 1), map[image.Point][3]uint8{{0, 0}: {40, 20, 255}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.view.check(); err != nil {
				t.Fatal(err)
			}
			m := tc.view.Apply(numbered(40, 20))
			if got := image.Pt(m.Width, m.Height); got != tc.size || len(m.Pix) != 3*got.X*got.Y {
				t.Fatalf("size %v, want %v", got, tc.size)
			}
			for p, want := range tc.pixels {
				if got := at(m, p.X, p.Y); got != want {
					t.Errorf("pixel %v is %v, want %v", p, got, want)
				}
			}
		})
	}
}

func TestLiveOptionsCheck(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    LiveOptions
		want string // "": good
	}{
		{"none", LiveOptions{}, ""},
		{"all", LiveOptions{View{90, []Box{{0, 0, 1, 0.1}}, Box{0.7, 0, 0.3, 1}}, 0.5, 6 * time.Second}, ""},
		{"rotate", LiveOptions{View: View{Rotate: 45}}, "rotate: 45 is not one of 0, 90, 180, 270"},
		{"mask", LiveOptions{View: View{Mask: []Box{{0, 0, 1, 1}, {0.5, 0, 0.6, 1}}}}, "mask: box 2, [0.5, 0, 0.6, 1] is not a part of the picture"},
		{"region in pixels", LiveOptions{View: View{Region: Box{0, 0, 640, 480}}}, "region: [0, 0, 640, 480] is not"},
		{"region without width", LiveOptions{View: View{Region: Box{0.5, 0.5, 0, 0.5}}}, "region"},
		{"region that is no number", LiveOptions{View: View{Region: Box{math.NaN(), 0, 1, 1}}}, "region"},
		{"fps", LiveOptions{FPS: 500}, "fps: 500 is not allowed: give 0.001 to 120 frames a second"},
		{"fps that is no number", LiveOptions{FPS: math.NaN()}, "fps"},
		{"stall", LiveOptions{Stall: time.Millisecond}, "stall: 1ms is not allowed: give 1s"},
		{"stall and fps", LiveOptions{FPS: 0.1, Stall: 20 * time.Second}, "stall: 20s is not allowed: give 30s (1s, and the time of 3 frames) to 24h0m0s"},
	} {
		err := tc.o.Check()
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tc.want)) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
	if got := (LiveOptions{FPS: 0.01}).WithDefaults().Stall; got != 300*time.Second {
		t.Errorf("a slow camera may be silent for %v", got)
	}
}
