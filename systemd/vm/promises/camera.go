package promises

import (
	"context"
	"fmt"
	"time"
)

const device = "/dev/video0"

// absence is how long the camera stays unplugged.
const absence = 30 * time.Second

// calmFrames frames take more than ten seconds. After that, the pauses between attempts to open
// a camera begin at one second again.
const calmFrames = 7

// proveUnplug uses vivid's control Disconnect. It makes every call on the camera fail as if
// the cable were pulled, until every process that had the camera open has closed it. The
// first time, another process in the guest keeps the camera open, so that it stays away.
func proveUnplug(ctx context.Context, b *Bench) error {
	before, _, err := b.now(ctx)
	if err != nil {
		return err
	}
	if _, err := b.Runf(ctx, "systemd-run --quiet --unit=holder -p StandardInput=file:%s sleep infinity", device); err != nil {
		return err
	}
	if err := b.press(ctx, "disconnect"); err != nil {
		return err
	}
	if err := b.source(ctx, "the source says that it is not live", func(state string) bool { return state != "live" }); err != nil {
		return err
	}
	err = stays(ctx, absence, func(ctx context.Context) error {
		if err := b.same(ctx, before); err != nil {
			return err
		}
		_, err := b.api.query(ctx, 1)
		return err
	})
	if err != nil {
		return fmt.Errorf("without a camera: %w", err)
	}
	if _, err := b.Run(ctx, "systemctl stop holder"); err != nil {
		return err
	}
	for range 2 { // now the camera is away only for a moment
		s, err := b.api.status(ctx)
		if err != nil {
			return err
		}
		if err := b.flows(ctx, s, calmFrames); err != nil {
			return err
		}
		if err := b.press(ctx, "disconnect"); err != nil {
			return err
		}
		if err := b.source(ctx, "the source says that it is not live", func(state string) bool { return state != "live" }); err != nil {
			return err
		}
	}
	if err := b.live(ctx); err != nil {
		return err
	}
	s, err := b.api.status(ctx)
	if err != nil {
		return err
	}
	if err := b.flows(ctx, s, 3); err != nil {
		return err
	}
	return b.same(ctx, before)
}

// proveErrors makes vivid's driver fail in every way that it offers.
func proveErrors(ctx context.Context, b *Bench) error {
	before, _, err := b.now(ctx)
	if err != nil {
		return err
	}
	// Errors of a running camera, and errors while it is opened after a disconnection.
	for _, injection := range [][]string{
		{"inject_v4l2_buf_flag_error"},
		{"inject_vidioc_qbuf_error"},
		{"inject_fatal_streaming_error"},
		{"inject_vidioc_reqbufs_error", "disconnect"},
		{"inject_vidioc_streamon_error", "disconnect"},
	} {
		s, err := b.api.status(ctx)
		if err != nil {
			return err
		}
		for _, button := range injection {
			if err := b.press(ctx, button); err != nil {
				return err
			}
		}
		if err := b.flows(ctx, s, calmFrames); err != nil {
			return fmt.Errorf("after %v: %w", injection, err)
		}
		if err := b.live(ctx); err != nil {
			return fmt.Errorf("after %v: %w", injection, err)
		}
	}
	// A camera that is silent without an error.
	if err := b.control(ctx, "percentage_of_dropped_buffers", 100); err != nil {
		return err
	}
	if err := b.source(ctx, "a silent camera counts as stalled", func(state string) bool { return state != "live" }); err != nil {
		return err
	}
	if err := b.control(ctx, "percentage_of_dropped_buffers", 0); err != nil {
		return err
	}
	if err := b.live(ctx); err != nil {
		return err
	}
	return b.same(ctx, before)
}

// now returns the state of the ready service.
func (b *Bench) now(ctx context.Context) (unit, status, error) {
	s, err := b.ready(ctx)
	if err != nil {
		return unit{}, s, err
	}
	u, err := b.unit(ctx)
	return u, s, err
}

func (b *Bench) source(ctx context.Context, what string, ok func(state string) bool) error {
	return until(ctx, stepTimeout, what, func(ctx context.Context) (any, bool, error) {
		s, err := b.api.status(ctx)
		return s.Sources, err == nil && ok(s.source()), err
	})
}

func (b *Bench) live(ctx context.Context) error {
	return b.source(ctx, "the source is live again", func(state string) bool { return state == "live" })
}

// press presses a button control of the camera.
func (b *Bench) press(ctx context.Context, button string) error { return b.control(ctx, button, 1) }

func (b *Bench) control(ctx context.Context, name string, value int) error {
	_, err := b.Runf(ctx, "v4l2-ctl -d %s -c %s=%d", device, name, value)
	return err
}

// proveDriver runs the Go tests that need one of the kernel's cameras. The service is
// stopped, since the tests need the camera for themselves.
func proveDriver(ctx context.Context, b *Bench) error {
	if _, err := b.Run(ctx, "systemctl stop edgeclr"); err != nil {
		return err
	}
	out, err := b.Runf(ctx, "set -e; cd /tmp; export EDGECLR_TEST_GUEST=1; for test in /payload/%s; do timeout 300 $test -test.run Vivid; done 2>&1", PayloadTests)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if _, err := b.Run(ctx, "systemctl start edgeclr"); err != nil {
		return err
	}
	_, err = b.ready(ctx)
	return err
}
