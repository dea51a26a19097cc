package stream

import (
	"context"
	"fmt"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/rgb"
)

// Load returns the pixels of a picture by its index in the list that was split.
type Load func(ctx context.Context, picture int) (*rgb.Image, error)

// Stream is a sequence of frames. It keeps the last picture that it loaded, and is not safe
// for concurrent use.
type Stream struct {
	opt   Options
	load  Load
	grain *grain

	pictures []int // to learn from, in the order of the stream
	order    []int // of the frames; nil: in sequence

	loaded int // number of the picture in latest; -1: none
	latest *rgb.Image
}

// New makes a stream of split.Learn. The error says which options are out of range.
func New(split Split, load Load, opt Options) (*Stream, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Stream{opt: opt, load: load, grain: newGrain(opt.Change.Noise), loaded: -1}
	for _, class := range split.Learn {
		s.pictures = append(s.pictures, class...)
	}
	if opt.Shuffled {
		s.order = generator(opt.Seed, useShuffle, 0).Perm(s.Len())
	}
	return s, nil
}

// Len returns the number of frames.
func (s *Stream) Len() int { return len(s.pictures) * s.opt.Repeats }

// Frame makes frame i, 0 to Len()-1. Consecutive calls for frames of one picture load it
// once. An error is that of the loader.
func (s *Stream) Frame(ctx context.Context, i int) (camera.Frame, error) {
	n := i
	if s.order != nil {
		n = s.order[i]
	}
	picture, err := s.picture(ctx, s.pictures[n/s.opt.Repeats])
	if err != nil {
		return camera.Frame{}, fmt.Errorf("frame %d: %w", i, err)
	}
	light := s.opt.light(float64(n) / float64(max(s.Len()-1, 1)))
	return camera.Frame{
		Source: s.opt.Source,
		Path:   fmt.Sprintf("%06d.jpg", i),
		Time:   s.opt.Start.Add(s.elapsed(i)),
		Image:  s.opt.Change.apply(generator(s.opt.Seed, useChange, n), picture, light, s.grain),
	}, nil
}

// elapsed returns the time from the first frame to frame i. In a shuffled stream, each frame
// shows another picture than the previous one.
func (s *Stream) elapsed(i int) time.Duration {
	pauses := i / s.opt.Repeats
	if s.opt.Shuffled {
		pauses = i
	}
	return time.Duration(i)*s.opt.Interval + time.Duration(pauses)*s.opt.Pause
}

// picture returns a picture in the resolution of the stream. It loads it unless it is the
// latest one.
func (s *Stream) picture(ctx context.Context, picture int) (*rgb.Image, error) {
	if s.loaded == picture {
		return s.latest, nil
	}
	m, err := s.load(ctx, picture)
	if err != nil {
		return nil, err
	}
	if min(m.Width, m.Height) > s.opt.Side {
		m = m.ResizeShortSide(s.opt.Side)
	}
	s.loaded, s.latest = picture, m
	return m, nil
}
