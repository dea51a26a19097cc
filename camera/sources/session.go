package sources

import (
	"context"
	"fmt"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/mjpeg"
)

// session is one connection of a live source, from its opening to its end.
type session struct {
	*liveSource
	emit func(context.Context, camera.Frame) error
	rate rateLimit

	firstGood, lastGood time.Time

	damaged    int   // pictures since the last good one
	lastDamage error // of the last of them
}

// run connects and delivers pictures until something ends it. The error is
// never nil.
func (s *session) run(ctx context.Context) (err error) {
	opening, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := s.connect(opening)
	if err != nil {
		return err
	}
	defer func() {
		if closing := conn.Close(); closing != nil {
			err = fmt.Errorf("%w (and closing it: %w)", err, closing)
		}
	}()
	deadline := time.Now().Add(s.opt.Live.Stall)
	for {
		f, err := s.next(ctx, conn, deadline)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			deadline = time.Now().Add(s.opt.Live.Stall)
			s.noteGood()
		case decode.Refused(err):
			s.damaged, s.lastDamage = s.damaged+1, err
			s.count(func(c *camera.Counters) { c.Damaged++ })
			if time.Now().After(deadline) {
				return s.silenceError()
			}
			continue
		case !time.Now().Before(deadline):
			return s.silenceError()
		default:
			return err
		}
		if f == nil { // skipped: before the rate allows a picture
			continue
		}
		if err := s.emit(ctx, *f); err != nil {
			return &emitError{err}
		}
		s.count(func(c *camera.Counters) { c.Frames++ })
		// The time that the consumer took is not the camera's silence.
		deadline = time.Now().Add(s.opt.Live.Stall)
	}
}

// next waits for a picture and makes a frame of it. It returns nil without an error for
// a picture that came before the rate allows one.
func (s *session) next(ctx context.Context, conn connection, deadline time.Time) (*camera.Frame, error) {
	wait, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	c, err := conn.next(wait)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if !s.rate.allows(now) {
		s.count(func(c *camera.Counters) { c.Skipped++ })
		s.sawPicture()
		return nil, nil
	}
	f, err := s.frame(ctx, c)
	if err != nil {
		return nil, err
	}
	s.rate.used(now)
	s.sawPicture()
	return &f, nil
}

// frame checks a picture and applies the view to it.
func (s *session) frame(ctx context.Context, c capture) (camera.Frame, error) {
	f := camera.Frame{Source: s.uri, Time: c.time, Data: c.data, Image: c.image}
	if f.Time.IsZero() {
		f.Time = s.opt.Now()
	}
	f.Path = f.Time.UTC().Format("2006-01-02T15:04:05.000000Z")
	view := s.opt.Live.View
	if f.Image == nil {
		info, err := s.opt.Decoder.CheckWhole(f.Data)
		if err == nil && info.Format == "jpeg" { // a frame of a video may lack Huffman tables
			f.Data, err = mjpeg.Repair(f.Data)
			err = withReason(err)
		}
		if err == nil && !view.KeepsAll() {
			// The encoded bytes must go no further: they show what is masked.
			f.Image, _, err = s.opt.Decoder.Decode(ctx, f.Data)
			f.Data = nil
		}
		if err != nil {
			return camera.Frame{}, err
		}
	}
	if !view.KeepsAll() {
		f.Image = view.Apply(f.Image)
	}
	return f, nil
}

// noteGood notes a good picture.
func (s *session) noteGood() {
	s.lastGood = time.Now()
	if s.firstGood.IsZero() {
		s.firstGood = s.lastGood
	}
	s.damaged = 0
	s.SetState(camera.StateLive, nil)
}

// goodFor returns the time from the first good picture to the last.
func (s *session) goodFor() time.Duration { return s.lastGood.Sub(s.firstGood) }

// silenceError says why there was no good picture for LiveOptions.Stall.
func (s *session) silenceError() error {
	if s.damaged > 0 {
		return fmt.Errorf("%d pictures in %v, and all of them damaged; the last one: %w", s.damaged, s.opt.Live.Stall, s.lastDamage)
	}
	return fmt.Errorf("%w for %v; the camera is opened again (stall is how long it may be silent)", errStalled, s.opt.Live.Stall)
}

// rateLimit thins a stream to a rate. Pictures come a little early or late, so a
// picture may be a quarter of a period early without shifting the schedule.
type rateLimit struct {
	period time.Duration
	due    time.Time // zero: now
}

// allows reports whether a picture that came now may be used.
func (r *rateLimit) allows(now time.Time) bool {
	return r.due.IsZero() || now.After(r.due.Add(-r.period/4))
}

// used notes that the picture was used. A stream that fell behind does not catch
// up.
func (r *rateLimit) used(now time.Time) {
	next := r.due.Add(r.period)
	if r.due.IsZero() || next.Before(now) {
		next = now.Add(r.period)
	}
	r.due = next
}
