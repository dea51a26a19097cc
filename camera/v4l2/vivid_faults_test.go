package v4l2

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestVividErrorFlag(t *testing.T) {
	for _, multiplanar := range []bool{false, true} {
		path := vivid(t, multiplanar)
		c := start(t, path, Settings{Width: 320, Height: 180})
		next(t, c)
		press(t, path, "inject_v4l2_buf_flag_error", "1")
		if err := nextError(t, c); !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
		checkBars(t, next(t, c).Image, bars)
		if s := c.Stats(); s.Damaged != 1 {
			t.Errorf("%+v", s)
		}
	}
}

func TestVividDropped(t *testing.T) {
	path := vivid(t, false)
	press(t, path, "percentage_of_dropped_buffers", "50")
	c := start(t, path, Settings{Width: 320, Height: 180})
	numbers := uint64(0)
	first := next(t, c).Sequence
	for c.Stats().Dropped < 3 {
		numbers = uint64(next(t, c).Sequence - first)
	}
	if s := c.Stats(); s.Pictures-1+s.Dropped != numbers {
		t.Errorf("%+v of %d", s, numbers)
	}
}

// Numbers and time stamps that wrap around disturb neither the order nor the counts.
func TestVividWrap(t *testing.T) {
	path := vivid(t, false)
	press(t, path, "wrap_sequence_number", "true")
	press(t, path, "wrap_timestamp", "64_bit")
	c := start(t, path, Settings{Width: 320, Height: 180, FPS: 40})
	var last Picture
	for wrapped := false; !wrapped; {
		p := next(t, c)
		wrapped = p.Sequence < last.Sequence
		if p.Time.Before(last.Time) || time.Since(p.Time) > 10*time.Second {
			t.Errorf("%v after %v", p.Time, last.Time)
		}
		last = p
	}
	if s := c.Stats(); s.Dropped > 1000 {
		t.Errorf("%+v", s)
	}
}

// A request that fails once fails the start, and the next start works.
func TestVividFailingRequests(t *testing.T) {
	for _, multiplanar := range []bool{false, true} {
		path := vivid(t, multiplanar)
		for _, fault := range []string{"inject_vidioc_reqbufs_error", "inject_vidioc_streamon_error", "inject_vidioc_qbuf_error"} {
			press(t, path, fault, "1")
			if c, err := Start(path, Settings{Width: 320, Height: 180}); err == nil {
				c.Close()
				t.Errorf("%s: no error", fault)
			}
			c := start(t, path, Settings{Width: 320, Height: 180})
			next(t, c)
			c.Close()
		}
	}
}

// A buffer that cannot be returned ends the stream with an error. Otherwise the driver would
// have fewer and fewer.
func TestVividQueueErrorWhileStreaming(t *testing.T) {
	path := vivid(t, false)
	c := start(t, path, Settings{Width: 320, Height: 180})
	next(t, c)
	press(t, path, "inject_vidioc_qbuf_error", "1")
	if err := nextError(t, c); err == nil || errors.Is(err, ErrDamaged) || errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	next(t, start(t, path, Settings{Width: 320, Height: 180}))
}

func TestVividFatalError(t *testing.T) {
	path := vivid(t, false)
	c := start(t, path, Settings{Width: 320, Height: 180})
	next(t, c)
	press(t, path, "inject_fatal_streaming_error", "1")
	for range 2 { // it stays so
		if err := nextError(t, c); !errors.Is(err, ErrGone) {
			t.Error(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	next(t, start(t, path, Settings{Width: 320, Height: 180}))
}

// Every request to an unplugged camera returns ErrGone. It closes without an error, leaves
// nothing open, and comes back.
func TestVividDisconnect(t *testing.T) {
	for _, multiplanar := range []bool{false, true} {
		path := vivid(t, multiplanar)
		descriptors, mappings := resources(t)
		for range 5 {
			c := start(t, path, Settings{Width: 320, Height: 180})
			next(t, c)
			press(t, path, "disconnect", "1")
			if err := nextError(t, c); !errors.Is(err, ErrGone) {
				t.Error(err)
			}
			if _, err := Start(path, Settings{}); !errors.Is(err, ErrGone) {
				t.Error(err)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		if d, m := resources(t); d != descriptors || m != mappings {
			t.Errorf("%d descriptors and %d mappings, before %d and %d", d, m, descriptors, mappings)
		}
		next(t, start(t, path, Settings{Width: 320, Height: 180}))
	}
}

// A device that vanishes while Next waits, when no more pictures come.
func TestVividDisconnectWhileSilent(t *testing.T) {
	path := vivid(t, false)
	press(t, path, "percentage_of_dropped_buffers", "100")
	c := start(t, path, Settings{Width: 320, Height: 180})
	press(t, path, "disconnect", "1")
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	// vivid wakes nobody, so both errors are right. Next must only end.
	if _, err := c.Next(ctx); !errors.Is(err, ErrGone) && !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// The name in by-id leads to another node after the camera was plugged in again.
func TestVividRenumbered(t *testing.T) {
	path, other := vivid(t, false), vivid(t, true)
	link := filepath.Join(t.TempDir(), "by-id")
	if _, err := Start(link, Settings{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	for _, target := range []string{path, other} {
		os.Remove(link)
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		c := start(t, link, Settings{Width: 320, Height: 180})
		checkBars(t, next(t, c).Image, bars)
		press(t, target, "disconnect", "1")
		if err := nextError(t, c); !errors.Is(err, ErrGone) {
			t.Error(err)
		}
		c.Close()
	}
}

// The error for a user who is not in the group video says what to do.
func TestVividPermission(t *testing.T) {
	path := vivid(t, false)
	if os.Geteuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	other := exec.Command(os.Args[0], "-test.run", "^TestOpenDenied$", "-test.v")
	other.Env = append(os.Environ(), "DENIED_CAMERA="+path, "USER=ann")
	other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 1234, Gid: 1234}}
	if out, err := other.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS: TestOpenDenied") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestOpenDenied is the other user of TestVividPermission.
func TestOpenDenied(t *testing.T) {
	path := os.Getenv("DENIED_CAMERA")
	if path == "" {
		t.Skip("TestVividPermission starts it as another user")
	}
	_, err := Start(path, Settings{})
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "sudo usermod -aG video ") {
		t.Error(err)
	}
	if all := List("/dev"); len(all) == 0 || !errors.Is(all[0].Err, fs.ErrPermission) {
		t.Errorf("%+v", all)
	}
}
