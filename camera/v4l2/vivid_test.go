package v4l2

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Tests of this name need the kernel's virtual camera: `modprobe vivid`, or
// testdata/guest/run, which has a kernel of its own.

// vivid finds virtual cameras, single-planar or multi-planar, and resets the first one.
func vivid(t testing.TB, multiplanar bool) string {
	t.Helper()
	for _, f := range List("/dev") {
		if f.Err == nil && f.Info.Driver == "vivid" && f.Info.Multiplanar == multiplanar {
			reset(t, f.Path)
			return f.Path
		}
	}
	if os.Getenv("EDGECLR_TEST_GUEST") != "" {
		t.Fatal("the guest has no such virtual camera")
	}
	t.Skip("no virtual camera here; run camera/v4l2/testdata/guest/run")
	return ""
}

// reset sets a still picture of eight bars without text, and the controls that tests change.
func reset(t testing.TB, path string) {
	t.Helper()
	set(t, path, map[string]string{
		"test_pattern": "100% Colorbar", "osd_text_mode": "none", "percentage_of_dropped_buffers": "0",
		"colorspace": "srgb", "y_cbcr_encoding": "default", "quantization": "default",
		"wrap_sequence_number": "false", "wrap_timestamp": "none",
	})
}

// set sets controls through a descriptor of its own, like another program.
func set(t testing.TB, path string, values map[string]string) {
	t.Helper()
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.SetControls(values); err != nil {
		t.Fatal(err)
	}
}

// press sets one control.
func press(t testing.TB, path, name, value string) {
	t.Helper()
	set(t, path, map[string]string{name: value})
}

// start starts a camera that the test's end closes.
func start(t testing.TB, path string, settings Settings) *Camera {
	t.Helper()
	c, err := Start(path, settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// within returns a context with a long timeout: the guest is emulated.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func next(t testing.TB, c *Camera) Picture {
	t.Helper()
	p, err := c.Next(within(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// nextError calls Next until it fails.
func nextError(t testing.TB, c *Camera) error {
	t.Helper()
	ctx := within(t)
	for {
		if _, err := c.Next(ctx); err != nil {
			return err
		}
	}
}

// resources counts the open descriptors and the mapped buffers of this process.
func resources(t testing.TB) (descriptors, mappings int) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return len(fds), strings.Count(string(maps), "/dev/video")
}

func TestVividDevice(t *testing.T) {
	for _, multiplanar := range []bool{false, true} {
		path := vivid(t, multiplanar)
		link := filepath.Join(t.TempDir(), "usb-camera-video-index0")
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		d, err := Open(link)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if i := d.Info(); i.Driver != "vivid" || i.Card != "vivid" || !strings.HasPrefix(i.Bus, "platform:vivid-") || i.Kernel == "0.0.0" || i.USB() {
			t.Errorf("%+v", i)
		}
		formats, err := d.Formats()
		if err != nil || len(formats) < 50 {
			t.Errorf("%d formats, %v", len(formats), err)
		}
		sizes, err := d.Sizes(YUYV)
		if err != nil || len(sizes) < 4 || sizes[0] != (Size{Extent{320, 320, 1}, Extent{180, 180, 1}}) {
			t.Errorf("%v, %v", sizes, err)
		}
		rates, err := d.Rates(YUYV, 320, 180)
		if err != nil || len(rates) < 5 || rates[0] != 1 {
			t.Errorf("%v, %v", rates, err)
		}
	}
}

// The first device of the guest has a metadata node, which has the capabilities of the driver
// but not those of a camera.
func TestVividMetadataNode(t *testing.T) {
	vivid(t, false)
	listed := map[string]bool{}
	for _, f := range List("/dev") {
		listed[f.Path] = true
	}
	paths, _ := filepath.Glob("/dev/video*")
	others := 0
	for _, path := range paths {
		d, err := Open(path)
		if err == nil {
			d.Close()
		} else if errors.Is(err, ErrNotCamera) {
			others++
		}
		if listed[path] != (err == nil) {
			t.Errorf("%s: listed: %v, open: %v", path, listed[path], err)
		}
	}
	if os.Getenv("EDGECLR_TEST_GUEST") != "" && others == 0 {
		t.Error("every node is a camera")
	}
}

func TestVividControls(t *testing.T) {
	path := vivid(t, false)
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	value := func(name string) int64 {
		all, err := d.Controls()
		if err != nil {
			t.Fatal(err)
		}
		c, err := findControl(all, name)
		if err != nil {
			t.Fatal(err)
		}
		return c.Value
	}
	for _, tc := range []struct {
		name, value string
		want        int64
		err         string
	}{
		{"brightness", "200", 200, ""},
		{"Brightness", "128", 128, ""},
		{"boolean", "false", 0, ""},
		{"boolean", "on", 1, ""},
		{"menu", "Menu Item 4", 4, ""},
		{"menu", "menu_item_3", 3, ""},
		{"menu", "1", 1, ""},
		{"integer_menu", "13", 6, ""},
		{"integer_32_bits", "-2147483648", -1 << 31, ""},
		{"integer_64_bits", "-9223372036854775807", -1<<63 + 1, ""},
		{"bitmask", "0x80002000", 0x80002000, ""},
		{"button", "", 0, ""},
		{"brightness", "256", 0, "0 to 255"},
		{"brightness", "bright", 0, "0 to 255"},
		{"menu", "2", 0, "1 or menu_item_1, 3 or menu_item_3"},
		{"bitmask", "1", 0, "any bits of 0x"},
		{"string", "abc", 0, "not set"},
		{"read_only_integer_32_bits", "1", 0, "can only be read"},
		{"zoom", "1", 0, "it has brightness, contrast"},
	} {
		err := d.SetControls(map[string]string{tc.name: tc.value})
		switch {
		case tc.err != "":
			if !errors.Is(err, ErrSetting) || !strings.Contains(err.Error(), tc.err) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s=%s: got %v, want %q", tc.name, tc.value, err, tc.err)
			}
		case err != nil:
			t.Errorf("%s=%s: %v", tc.name, tc.value, err)
		case value(tc.name) != tc.want:
			t.Errorf("%s=%s: it is %d", tc.name, tc.value, value(tc.name))
		}
	}
	if err := d.SetControls(map[string]string{"integer_32_bits": "0", "integer_64_bits": "0"}); err != nil {
		t.Error(err)
	}
}

// input selects an input: 0 is a webcam, 3 is HDMI, whose pictures are scaled to any size.
func input(t testing.TB, path string, n int32) {
	t.Helper()
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := ioctl(d.fd, writeRead|4<<16|39, &n); err != nil && !errors.Is(err, unix.ENODEV) {
		t.Fatal(err)
	}
}
