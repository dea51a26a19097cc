package sources

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"edgeclr/camera"
	"edgeclr/camera/v4l2"
)

// vivid finds the kernel's virtual camera. camera/v4l2/testdata/guest/run runs
// these tests on one.
func vivid(t *testing.T) string {
	t.Helper()
	for _, f := range v4l2.List("/dev") {
		if f.Err == nil && f.Info.Driver == "vivid" {
			return f.Path
		}
	}
	if os.Getenv("EDGECLR_TEST_GUEST") != "" {
		t.Fatal("the guest has no virtual camera")
	}
	t.Skip("no virtual camera here; run camera/v4l2/testdata/guest/run")
	return ""
}

// press sets a control through a descriptor of its own.
func press(t *testing.T, path, name string) {
	t.Helper()
	d, err := v4l2.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.SetControls(map[string]string{name: "1"}); err != nil {
		t.Fatal(err)
	}
}

// The camera is unplugged ten times and comes back each time. A damaged picture is counted
// and the stream goes on. Nothing is left open.
func TestVividSource(t *testing.T) {
	path := vivid(t)
	var states []string
	s := openLive(t, "v4l2:"+path+"?width=320&height=180&fps=30&control.test_pattern=100_colorbar", Options{
		Changed: func(state string, _ error) { states = append(states, state) },
	})
	before := openFiles(t)
	frames := 0
	runUntil(t, s, func(f camera.Frame) bool {
		if f.Image == nil || f.Image.Width != 320 || f.Image.Height != 180 || f.Source != s.URI() {
			t.Errorf("%+v", f)
		}
		frames++
		switch {
		case frames > 31 && s.Counters().Damaged > 0:
			return true
		case frames == 31:
			press(t, path, "inject_v4l2_buf_flag_error")
		case frames%3 == 0 && frames < 31:
			press(t, path, "disconnect")
		}
		return false
	})
	if c := s.Counters(); c.Reconnects < 10 {
		t.Errorf("%+v", c)
	}
	if got := strings.Join(states, " "); got != "live"+strings.Repeat(" failed live", 10) {
		t.Errorf("states %s", got)
	}
	if n := openFiles(t); n > before+2 { // the runtime's own, made once
		t.Errorf("%d descriptors, before %d", n, before)
	}
}

// A camera that another program uses is opened when it is free.
func TestVividSourceBusy(t *testing.T) {
	path := vivid(t)
	other, err := v4l2.Start(path, v4l2.Settings{Width: 320, Height: 180})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var busy error
	s := openLive(t, "v4l2:"+path+"?width=320&height=180&fps=30", Options{
		Changed: func(state string, err error) {
			if state == camera.StateFailed {
				busy = err
				other.Close()
			}
		},
	})
	runUntil(t, s, func(camera.Frame) bool { return true })
	if !errors.Is(busy, v4l2.ErrBusy) {
		t.Error(busy)
	}
}

func TestVividSourceContext(t *testing.T) {
	s := openLive(t, "v4l2:"+vivid(t)+"?width=320&height=180&fps=30", Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := s.Run(ctx, func(context.Context, camera.Frame) error {
		cancel()
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A missing camera is failed, and the error says where to look.
func TestDeviceMissing(t *testing.T) {
	s := openLive(t, "v4l2:/dev/v4l/by-id/none", Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.Changed = func(string, error) { cancel() }
	if err := s.Run(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if state, err := s.State(); state != camera.StateFailed || err == nil || !strings.Contains(err.Error(), "edgeclr cameras") {
		t.Errorf("%s, %v", state, err)
	}
}
