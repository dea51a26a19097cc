package camera

import (
	"context"
	"fmt"
	"time"

	"edgeclr/camera/mjpeg"
)

// visit is one connection of a live source, from its opening to its end.
type visit struct {
	*liveSource
	emit func(context.Context, Frame) error
	pace pace

	first, last time.Time // pictures
	damaged     int       // pictures since the last good one
	damage      error     // of the last of them
}

// run connects and hands pictures over until something ends it. The error is
// never nil.
func (v *visit) run(ctx context.Context) (err error) {
	opening, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := v.connect(opening)
	if err != nil {
		return err
	}
	defer func() {
		if closing := conn.Close(); closing != nil {
			err = fmt.Errorf("%w (and closing it: %w)", err, closing)
		}
	}()
	deadline := time.Now().Add(v.opt.Live.Stall)
	for {
		c, err := v.next(ctx, conn, deadline)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			deadline = time.Now().Add(v.opt.Live.Stall)
			v.alive()
		case refused(err):
			v.damaged, v.damage = v.damaged+1, err
			v.count(false, func(c *Counters) { c.Damaged++ })
			if time.Now().After(deadline) {
				return v.silence()
			}
			continue
		case !time.Now().Before(deadline):
			return v.silence()
		default:
			return err
		}
		if c == nil { // beyond the rate
			continue
		}
		if err := v.emit(ctx, *c); err != nil {
			return &emitError{err}
		}
		v.count(false, func(c *Counters) { c.Frames++ })
		// The time that the consumer took is not the camera's silence.
		deadline = time.Now().Add(v.opt.Live.Stall)
	}
}

// next waits for a picture and makes a frame of it, nil for one beyond the
// rate.
func (v *visit) next(ctx context.Context, conn connection, deadline time.Time) (*Frame, error) {
	wait, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	c, err := conn.next(wait)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if !v.pace.due(now) {
		v.count(true, func(c *Counters) { c.Skipped++ })
		return nil, nil
	}
	f, err := v.frame(ctx, c)
	if err != nil {
		return nil, err
	}
	v.pace.took(now)
	v.count(true, func(*Counters) {})
	return &f, nil
}

// frame checks a picture and applies the view to it.
func (v *visit) frame(ctx context.Context, c capture) (Frame, error) {
	f := Frame{Source: v.uri, Time: c.time, Data: c.data, Image: c.image}
	if f.Time.IsZero() {
		f.Time = v.opt.Now()
	}
	f.Path = f.Time.UTC().Format("2006-01-02T15:04:05.000000Z")
	view := v.opt.Live.View
	if f.Image == nil {
		_, h, err := v.opt.Decoder.inspect(f.Data)
		if err == nil {
			err = h.checkWhole(len(f.Data))
		}
		if err == nil && h.format == "jpeg" { // a frame of a video has not always tables of its own
			f.Data, err = mjpeg.Repair(f.Data)
			err = refusal(err)
		}
		if err == nil && !view.plain() {
			// The encoded bytes must go no further: they show what is masked.
			f.Image, _, err = v.opt.Decoder.Decode(ctx, f.Data)
			f.Data = nil
		}
		if err != nil {
			return Frame{}, err
		}
	}
	if !view.plain() {
		f.Image = view.apply(f.Image)
	}
	return f, nil
}

// alive notes a good picture.
func (v *visit) alive() {
	v.last = time.Now()
	if v.first.IsZero() {
		v.first = v.last
	}
	v.damaged = 0
	v.set(StateLive, nil)
}

// lived is the time from the first good picture to the last.
func (v *visit) lived() time.Duration { return v.last.Sub(v.first) }

// silence says why there was no good picture.
func (v *visit) silence() error {
	if v.damaged > 0 {
		return fmt.Errorf("%d pictures in %v, and all of them damaged; the last one: %w", v.damaged, v.opt.Live.Stall, v.damage)
	}
	return fmt.Errorf("%w for %v; the camera is opened again (stall is how long it may be silent)", errStalled, v.opt.Live.Stall)
}
