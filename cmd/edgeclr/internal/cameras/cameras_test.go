package cameras

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestExamineNothing(t *testing.T) {
	dev := t.TempDir()
	if err := os.WriteFile(filepath.Join(dev, "video0"), nil, 0o600); err != nil { // not a device
		t.Fatal(err)
	}
	text, err := json.Marshal(Examine(dev))
	if err != nil || string(text) != "[]" {
		t.Errorf("%s, %v", text, err)
	}
}

func TestPrint(t *testing.T) {
	c := Camera{
		URI: "v4l2:/dev/v4l/by-id/usb-C270-video-index0", Path: "/dev/video0", Card: "C270 HD WEBCAM", Driver: "uvcvideo", Bus: "usb-0000:00:14.0-1",
		Formats: []Format{
			{"YUYV", "YUYV 4:2:2", false, true, []Size{{Width: 640, Height: 480, FPS: []float64{30, 7.5}}, {Width: 320, Height: 240}}},
			{"RGB24", "24-bit RGB", false, true, []Size{{Width: 1920, Height: 1080, Least: &Pair{16, 16}, Step: &Pair{2, 2}, FPS: []float64{60}}}},
			{"H264", "H.264", true, false, nil},
		},
		Controls: []Control{
			{Name: "brightness", Type: "int", Greatest: 255, Default: 128, Value: 100},
			{Name: "backlight", Type: "bool", Greatest: 1, Value: 1},
			{Name: "power_line_frequency", Type: "menu", Greatest: 2, Default: 2, Value: 1, Items: []Item{{0, "Disabled"}, {1, "50 Hz"}}},
			{Name: "exposure_time_absolute", Type: "int", Least: 1, Greatest: 5000, Default: 166, Value: 166, Inactive: true},
			{Name: "reset", Type: "button"},
		},
	}
	const want = `v4l2:/dev/v4l/by-id/usb-C270-video-index0
  device   /dev/video0: C270 HD WEBCAM (uvcvideo, usb-0000:00:14.0-1)
  format   YUYV   YUYV 4:2:2
           640x480 at 30 7.5 fps
           320x240
  format   RGB24  24-bit RGB
           16x16 to 1920x1080 at 60 fps
  not read H264
  control  brightness (int) 0 to 255, 128 by default, now 100
  control  backlight (bool) 0 by default, now 1
  control  power_line_frequency (menu) 0 Disabled, 1 50 Hz; 2 by default, now 1
  control  exposure_time_absolute (int) 1 to 5000, 166 by default, now 166, without effect while another control is automatic
  control  reset (button)
`
	var b strings.Builder
	c.Print(&b)
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
	b.Reset()
	Camera{URI: "v4l2:/dev/video1", Error: "no"}.Print(&b)
	if b.String() != "v4l2:/dev/video1\n  no\n" {
		t.Errorf("got\n%s", b.String())
	}
}

// TestVividExamine needs the kernel's virtual camera, see camera/v4l2/testdata/guest/run.
func TestVividExamine(t *testing.T) {
	all := Examine("/dev")
	i := slices.IndexFunc(all, func(c Camera) bool { return c.Driver == "vivid" })
	if i < 0 {
		if os.Getenv("EDGECLR_TEST_GUEST") != "" {
			t.Fatal("the guest has no virtual camera")
		}
		t.Skip("no virtual camera here; run camera/v4l2/testdata/guest/run")
	}
	c := all[i]
	if c.URI != "v4l2:"+c.Path || c.Error != "" || c.Denied || !c.Usable() {
		t.Errorf("%+v", c)
	}
	var b strings.Builder
	c.Print(&b)
	for _, want := range []string{"(vivid, platform:vivid-", "  format   YUYV ", " 640x480 at ", "  not read ", "  control  test_pattern (menu) 0 75% Colorbar, ", "  control  disconnect (button)\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
