package sources

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/camera/wait"
)

// scripted is a camera whose connections play a script. It runs in a bubble of synctest,
// where time passes only when all goroutines wait.
type scripted struct {
	connections [][]step // one a connection; an empty one cannot be opened
	opened      []time.Time
	open        int
}

// step is what one call of next does.
type step struct {
	after time.Duration // that the camera takes
	give  capture
	err   error
}

var errLost = errors.New("the cable is out")

func (s *scripted) connect(context.Context) (connection, error) {
	if s.open != 0 {
		panic("two connections at a time")
	}
	s.opened = append(s.opened, time.Now())
	if len(s.connections) == 0 {
		return nil, errLost
	}
	steps := s.connections[0]
	s.connections = s.connections[1:]
	if steps == nil {
		return nil, errLost
	}
	s.open++
	return &scriptedConnection{s, steps}, nil
}

type scriptedConnection struct {
	camera *scripted
	steps  []step
}

func (c *scriptedConnection) next(ctx context.Context) (capture, error) {
	if len(c.steps) == 0 { // silent for ever
		<-ctx.Done()
		return capture{}, ctx.Err()
	}
	s := c.steps[0]
	c.steps = c.steps[1:]
	if !wait.For(ctx, s.after) {
		return capture{}, ctx.Err()
	}
	return s.give, s.err
}

func (c *scriptedConnection) Close() error { c.camera.open--; return nil }

// picture delivers a good picture after that time.
func picture(after time.Duration) step {
	return step{after: after, give: capture{image: rgb.New(4, 4)}}
}

// pictures delivers n good pictures, with that time before each.
func pictures(n int, apart time.Duration) []step { return slices.Repeat([]step{picture(apart)}, n) }

// lost ends a connection.
func lost() step { return step{err: errLost} }

// rubbish delivers bytes that are not a picture.
func rubbish(after time.Duration) step {
	return step{after: after, give: capture{data: []byte("rubbish")}}
}

// play runs the camera for that time. It returns the frames and the states.
func play(t *testing.T, s *scripted, live camera.LiveOptions, length time.Duration) (frames []camera.Frame, states []string, source *liveSource) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	start := time.Now()
	opt := Options{Live: live, Changed: func(state string, err error) {
		states = append(states, fmt.Sprintf("%v %s: %v", time.Since(start), state, err))
	}}.withDefaults()
	source = newLive("test:", opt, s.connect).(*liveSource)
	if err := source.Run(ctx, func(_ context.Context, f camera.Frame) error {
		frames = append(frames, f)
		return nil
	}); err != nil {
		t.Error(err)
	}
	if s.open != 0 {
		t.Error("a connection was left open")
	}
	return frames, states, source
}

// A missing camera is tried again for ever, with growing pauses.
func TestLivePauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam := &scripted{}
		_, states, source := play(t, cam, camera.LiveOptions{}, 5*time.Minute)
		var pauses []time.Duration
		for i := range len(cam.opened) - 1 {
			pauses = append(pauses, cam.opened[i+1].Sub(cam.opened[i]))
		}
		want := []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 30e9, 30e9}
		if !slices.Equal(pauses[:len(want)], want) {
			t.Errorf("pauses %v, want %v and so on", pauses, want)
		}
		if want := []string{"0s failed: the cable is out"}; !slices.Equal(states, want) {
			t.Errorf("states %q, want %q: once a change", states, want)
		}
		if c := source.Counters(); c.Reconnects != uint64(len(cam.opened)-1) || c.LastFrame >= 0 {
			t.Errorf("%+v for %d openings", c, len(cam.opened))
		}
	})
}

// The pauses begin again after a camera was live for a while, and grow after one that
// breaks at once.
func TestLivePausesBeginAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam := &scripted{connections: [][]step{
			nil,
			append(pictures(2, 100*time.Millisecond), lost()),
			nil,
			append(pictures(11, time.Second), lost()),
			nil,
		}}
		play(t, cam, camera.LiveOptions{}, 5*time.Minute)
		var at []time.Duration
		for _, o := range cam.opened[:6] {
			at = append(at, o.Sub(cam.opened[0]).Round(time.Second))
		}
		// Pauses of 1, 2 and 4 s. Then 11 s of pictures, so the next pause is 1 s and not 8 s. Then 2 s.
		if want := []time.Duration{0, 1e9, 3e9, 7e9, 19e9, 21e9}; !slices.Equal(at, want) {
			t.Errorf("opened at %v, want %v", at, want)
		}
	})
}

// A silent camera counts as stalled and is opened again.
func TestLiveStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam := &scripted{connections: [][]step{
			pictures(3, time.Second),
			{}, // silent from the first
			append(pictures(1, 4*time.Second), lost()),
		}}
		frames, states, source := play(t, cam, camera.LiveOptions{Stall: 5 * time.Second}, 25*time.Second)
		const silent = "no picture for 5s; the camera is opened again (stall is how long it may be silent)"
		want := []string{
			"1s live: <nil>",
			"8s stalled: " + silent, // 3 s of pictures, 5 s of silence
			"20s live: <nil>",       // 1 s pause, 5 s of silence, 2 s pause, 4 s to the picture
			"20s failed: the cable is out",
		}
		if !slices.Equal(states, want) || len(frames) != 4 {
			t.Errorf("%d frames, states %q, want %q", len(frames), states, want)
		}
		if c := source.Counters(); c.Reconnects != 3 || c.Frames != 4 {
			t.Errorf("%+v", c)
		}
		if state, err := source.State(); state != camera.StateFailed || !errors.Is(err, errLost) {
			t.Errorf("%s, %v", state, err)
		}
	})
}

// Damaged pictures are counted. They end a connection only when nothing else comes.
func TestLiveDamage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var steps []step
		for range 10 {
			steps = append(steps, rubbish(time.Second), step{err: fmt.Errorf("%w: no end", decode.ErrTruncated)}, picture(time.Second))
		}
		steps = append(steps, slices.Repeat([]step{rubbish(time.Second)}, 60)...)
		frames, states, source := play(t, &scripted{connections: [][]step{steps}}, camera.LiveOptions{Stall: 9500 * time.Millisecond}, 30*time.Second)
		if len(frames) != 10 {
			t.Errorf("%d frames", len(frames))
		}
		if len(states) != 2 || !strings.HasPrefix(states[0], "2s live") ||
			!strings.HasPrefix(states[1], "29.5s failed: 9 pictures in 9.5s, and all of them damaged; the last one: unsupported: not a known picture") {
			t.Errorf("states %q", states)
		}
		if c := source.Counters(); c.Damaged != 29 {
			t.Errorf("%+v", c)
		}
	})
}

// Frames beyond the rate are left out. A camera of the same rate whose frames come a little
// early and late loses none.
func TestLiveRate(t *testing.T) {
	for _, tc := range []struct {
		name   string
		fps    float64
		apart  []time.Duration
		frames int // in 100 of the camera
	}{
		{"30 to 5", 5, []time.Duration{time.Second / 30}, 17},
		{"the same, unsteady", 5, []time.Duration{170e6, 230e6}, 100},
		{"slower", 5, []time.Duration{time.Second}, 100},
		{"30 to 29.97", 29.97, []time.Duration{time.Second / 30}, 100},
		{"bursts", 1, []time.Duration{2 * time.Second, 1e6, 1e6, 1e6}, 25},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var steps []step
				for i := range 100 {
					steps = append(steps, picture(tc.apart[i%len(tc.apart)]))
				}
				frames, _, source := play(t, &scripted{connections: [][]step{steps}}, camera.LiveOptions{FPS: tc.fps, Stall: time.Hour}, 30*time.Minute)
				if n := len(frames); n < tc.frames-1 || n > tc.frames+1 {
					t.Errorf("%d of 100 frames, want %d", n, tc.frames)
				}
				if c := source.Counters(); c.Frames+c.Skipped != 100 {
					t.Errorf("%+v", c)
				}
			})
		})
	}
}

// A slow consumer does not count as silence of the camera. Its error ends the source.
func TestLiveConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam := &scripted{connections: [][]step{pictures(100, time.Second)}}
		source := newLive("test:", Options{}.withDefaults(), cam.connect)
		errFull := errors.New("full")
		n := 0
		err := source.Run(t.Context(), func(context.Context, camera.Frame) error {
			if n++; n == 3 {
				return errFull
			}
			time.Sleep(time.Minute)
			return nil
		})
		if err != errFull || n != 3 || cam.open != 0 || len(cam.opened) != 1 {
			t.Errorf("%v after %d frames of %d connections", err, n, len(cam.opened))
		}
	})
}

// Every frame has its own time and path.
func TestLiveFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := time.Date(2026, 11, 24, 18, 40, 5, 123456789, time.FixedZone("CET", 3600))
		cam := &scripted{connections: [][]step{{
			{give: capture{image: rgb.New(8, 4), time: made}}, picture(time.Second),
		}}}
		frames, _, _ := play(t, cam, camera.LiveOptions{View: camera.View{Rotate: 90}}, 3*time.Second)
		if f := frames[0]; f.Path != "2026-11-24T17:40:05.123456Z" || !f.Time.Equal(made) || f.Source != "test:" || f.File != nil || f.Image.Width != 4 || f.Image.Height != 8 {
			t.Errorf("%+v", f)
		}
		if frames[1].Path == frames[0].Path || frames[1].Time.IsZero() {
			t.Errorf("%+v", frames[1])
		}
	})
}
