package sources

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
)

// syntheticSource renders a scene at a steady rate, as a live camera would
// deliver it.
type syntheticSource struct {
	camera.Status
	uri     string
	name    string // of the scene
	options synthetic.Options
	order   string  // "": what is usual for the scene
	fps     float64 // 0: as fast as the consumer takes them
	count   int     // 0: without end
	now     func() time.Time
}

// renderer is a scene.
type renderer interface {
	// Render returns picture n and its class.
	Render(n int) (*rgb.Image, string)
}

// openSynthetic reads "conveyor?fps=5&seed=1&count=100&size=160x120&order=distinct".
//
//	fps    frames a second, default 5; 0 means as fast as the consumer takes them
//	seed   of the scene, default Options.Seed
//	count  frames until the source ends, default without end
//	size   width and height, default 160x120, or 640x480 for a fixed camera
//	order  distinct: every frame shows another object, or a moment some seconds later (default of conveyor);
//	       stream: each object travels across in several frames, and time goes on (default of a fixed camera)
func openSynthetic(rest string, opt Options) (camera.Source, error) {
	s := &syntheticSource{Status: camera.Status{Changed: opt.Changed}, uri: "synthetic:" + rest, fps: 5, now: opt.Now}
	name, query, _ := strings.Cut(rest, "?")
	if known := append([]string{"conveyor"}, synthetic.FixedNames()...); !slices.Contains(known, name) {
		return nil, fmt.Errorf("%w %q: there is no scene %q, only synthetic:%s", camera.ErrBadURI, s.uri, name, strings.Join(known, ", synthetic:"))
	}
	s.name, s.options.Seed = name, opt.Seed
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", camera.ErrBadURI, s.uri, err)
	}
	for key, all := range values {
		if err := s.option(key, all[len(all)-1]); err != nil {
			return nil, fmt.Errorf("%w %q: %w", camera.ErrBadURI, s.uri, err)
		}
	}
	s.options.FPS = s.fps
	return s, nil
}

// fixed reports whether a fixed camera sees the scene.
func (s *syntheticSource) fixed() bool { return slices.Contains(synthetic.FixedNames(), s.name) }

// scene makes the scene, which may take a second.
func (s *syntheticSource) scene() (renderer, error) {
	opt := s.options
	opt.Stream = s.order == "stream"
	if !s.fixed() {
		return synthetic.New(opt), nil
	}
	return synthetic.OpenFixed(s.name, opt)
}

// option sets one option of the URI.
func (s *syntheticSource) option(key, value string) (err error) {
	scene := &s.options
	switch key {
	case "fps":
		s.fps, err = strconv.ParseFloat(value, 64)
		if err != nil || !(s.fps >= 0 && s.fps <= 1000) {
			return fmt.Errorf("fps=%s is not a number from 0 to 1000", value)
		}
	case "seed":
		if scene.Seed, err = strconv.ParseUint(value, 10, 64); err != nil {
			return fmt.Errorf("seed=%s is not a whole number", value)
		}
	case "count":
		if s.count, err = strconv.Atoi(value); err != nil || s.count < 0 {
			return fmt.Errorf("count=%s is not a whole number", value)
		}
	case "size":
		w, h, _ := strings.Cut(value, "x")
		scene.Width, _ = strconv.Atoi(w)
		scene.Height, _ = strconv.Atoi(h)
		if min(scene.Width, scene.Height) < synthetic.MinSide || max(scene.Width, scene.Height) > synthetic.MaxSide {
			return fmt.Errorf("size=%s is not WIDTHxHEIGHT with sides from %d to %d", value, synthetic.MinSide, synthetic.MaxSide)
		}
	case "order":
		switch value {
		case "distinct", "stream":
			s.order = value
		default:
			return fmt.Errorf("order=%s is neither distinct nor stream", value)
		}
	default:
		return fmt.Errorf("there is no option %q; there are fps, seed, count, size and order", key)
	}
	return nil
}

// URI implements [camera.Source].
func (s *syntheticSource) URI() string { return s.uri }

// Run implements [camera.Source]. A frame that is late because emit was slow comes
// at once, and the next period begins there: a camera does not catch up.
func (s *syntheticSource) Run(ctx context.Context, emit func(context.Context, camera.Frame) error) error {
	var period time.Duration
	if s.fps > 0 {
		period = time.Duration(float64(time.Second) / s.fps)
	}
	if s.order == "" && s.fixed() {
		s.order = "stream"
	}
	scene, err := s.scene()
	if err != nil {
		return err
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 0; s.count == 0 || n < s.count; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		timer.Reset(period)
		m, class := scene.Render(n)
		f := camera.Frame{Source: s.uri, Path: syntheticPath(class, n), Time: s.now(), Image: m}
		s.SetState(camera.StateLive, nil)
		if err := emit(ctx, f); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
	return nil
}

func syntheticPath(class string, n int) string { return fmt.Sprintf("%s/%06d.jpg", class, n) }

// Fixed opens the scene of "synthetic:yard" or "synthetic:bench", with the seed and size of the URI. Only benchmarks may use it: its
// frames come with their truth. The error matches [camera.ErrBadURI] for anything else.
func Fixed(uri string) (*synthetic.Fixed, error) {
	source, err := Open(uri, Options{})
	if err != nil {
		return nil, err
	}
	s, ok := source.(*syntheticSource)
	if !ok || !s.fixed() {
		return nil, fmt.Errorf("%w %q: it is not a rendered scene that a fixed camera sees, like synthetic:%s", camera.ErrBadURI, uri, synthetic.FixedNames()[0])
	}
	return synthetic.OpenFixed(s.name, s.options)
}

// ClassedImage is a rendered picture with its true class. Only eval may use it.
type ClassedImage struct {
	Path  string // class/number.jpg
	Class string
	Image *rgb.Image
}

// heldOut is the number of the first picture that Classed renders. A source begins at
// 0. At five frames a second it would reach heldOut after thirty years. Pictures of a
// fixed camera are some seconds apart.
const heldOut = 5_000_000_000

// Classed renders n labelled pictures of a synthetic source, as fast as the caller takes
// them. They show the same scene as the frames of the source, but the source itself
// delivers none of them. The error matches [camera.ErrBadURI] for a source that does not
// know the classes of its frames. For a folder of class folders use directory.Walk.
func Classed(uri string, n int) (iter.Seq[ClassedImage], error) {
	source, err := Open(uri, Options{})
	if err != nil {
		return nil, err
	}
	s, ok := source.(*syntheticSource)
	if !ok {
		return nil, fmt.Errorf("%w %q: only synthetic sources know their classes", camera.ErrBadURI, uri)
	}
	scene, err := s.scene()
	if err != nil {
		return nil, err
	}
	return func(yield func(ClassedImage) bool) {
		for i := heldOut; i < heldOut+n; i++ {
			m, class := scene.Render(i)
			if !yield(ClassedImage{Path: syntheticPath(class, i), Class: class, Image: m}) {
				return
			}
		}
	}, nil
}
