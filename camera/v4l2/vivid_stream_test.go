package v4l2

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestVividStream(t *testing.T) {
	for _, multiplanar := range []bool{false, true} {
		path := vivid(t, multiplanar)
		before := time.Now()
		c := start(t, path, Settings{Width: 320, Height: 180, FPS: 25})
		if c.Rate() != 25 {
			t.Errorf("rate %v", c.Rate())
		}
		var last Picture
		for i := range 10 {
			p := next(t, c)
			if !p.Time.After(last.Time) || p.Time.Before(before) || p.Time.After(time.Now()) {
				t.Errorf("picture %d is of %v, after %v", i, p.Time, last.Time)
			}
			if i > 0 && p.Sequence <= last.Sequence {
				t.Errorf("number %d after %d", p.Sequence, last.Sequence)
			}
			last = p
		}
		if s := c.Stats(); s.Pictures != 10 || s.Damaged != 0 {
			t.Errorf("%+v", s)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if _, err := c.Next(t.Context()); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	}
}

// A rate that the camera does not offer is made by leaving out pictures.
func TestVividRateLimit(t *testing.T) {
	path := vivid(t, false)
	c := start(t, path, Settings{Width: 320, Height: 180, FPS: 0.5})
	first := next(t, c)
	second := next(t, c)
	if d := second.Time.Sub(first.Time); d < 1700*time.Millisecond || c.Rate() != 1 {
		t.Errorf("%v between pictures, the camera's rate is %v", d, c.Rate())
	}
	if s := c.Stats(); s.Skipped == 0 || s.Pictures != 2 {
		t.Errorf("%+v", s)
	}
}

func TestVividContext(t *testing.T) {
	path := vivid(t, false)
	press(t, path, "percentage_of_dropped_buffers", "100")
	c := start(t, path, Settings{Width: 320, Height: 180})
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := c.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		cancel()
	}
	press(t, path, "percentage_of_dropped_buffers", "0")
	next(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	next(t, c)
}

func TestVividCloseWhileWaiting(t *testing.T) {
	path := vivid(t, false)
	press(t, path, "percentage_of_dropped_buffers", "100")
	for range 20 {
		c := start(t, path, Settings{Width: 320, Height: 180})
		ended := make(chan error)
		go func() {
			_, err := c.Next(context.Background())
			ended <- err
		}()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	}
}

// Hundreds of cycles, ended in every phase, leave nothing open.
func TestVividNoLeak(t *testing.T) {
	path := vivid(t, false)
	other := vivid(t, true)
	descriptors, mappings := resources(t)
	for i := range 300 {
		switch i % 6 {
		case 0:
			press(t, path, "inject_vidioc_reqbufs_error", "1")
		case 1:
			press(t, path, "inject_vidioc_streamon_error", "1")
		case 2:
			press(t, path, "inject_vidioc_qbuf_error", "1")
		}
		which := path
		if i%6 == 5 {
			which = other
		}
		c, err := Start(which, Settings{Width: 320, Height: 180, FPS: 30})
		if (err != nil) != (i%6 < 3) {
			t.Fatalf("cycle %d: %v", i, err)
		}
		if err != nil {
			continue
		}
		if i%2 == 0 {
			next(t, c)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if _, err := Start(which, Settings{Controls: map[string]string{"nonsense": "1"}}); !errors.Is(err, ErrSetting) {
			t.Error(err)
		}
	}
	if d, m := resources(t); d != descriptors || m != mappings {
		t.Errorf("%d descriptors and %d mappings, before %d and %d", d, m, descriptors, mappings)
	}
}

func TestVividBusy(t *testing.T) {
	path := vivid(t, false)
	first := start(t, path, Settings{Width: 320, Height: 180})
	_, err := Start(path, Settings{Width: 640, Height: 360})
	if !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "this process itself") {
		t.Error(err)
	}
	next(t, first) // it goes on
	first.Close()

	holder := exec.Command(os.Args[0], "-test.run", "^TestHoldCamera$", "-test.v")
	holder.Env = append(os.Environ(), "HOLD_CAMERA="+path)
	stdin, _ := holder.StdinPipe()
	stdout, _ := holder.StdoutPipe()
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	for line, b := "", make([]byte, 1); !strings.Contains(line, "streaming"); line += string(b) {
		if _, err := stdout.Read(b); err != nil {
			t.Fatalf("%v after %q", err, line)
		}
	}
	_, err = Start(path, Settings{Width: 640, Height: 360})
	if !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "by pid ") || !strings.Contains(err.Error(), "v4l2.test") {
		t.Error(err)
	}
	stdin.Close()
	holder.Wait()
	next(t, start(t, path, Settings{Width: 640, Height: 360}))
}

// TestHoldCamera is the other program of TestVividBusy.
func TestHoldCamera(t *testing.T) {
	path := os.Getenv("HOLD_CAMERA")
	if path == "" {
		t.Skip("TestVividBusy starts it as a process of its own")
	}
	start(t, path, Settings{Width: 320, Height: 180})
	os.Stdout.WriteString("streaming\n")
	os.Stdin.Read(make([]byte, 1))
}
