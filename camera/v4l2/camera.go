package v4l2

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Camera is a device that streams. One goroutine calls Next; Close and Stats
// may be called from any.
type Camera struct {
	device  *Device
	layout  Layout
	rate    float64
	convert *converter
	buffers *buffers
	bell    bell
	closed  atomic.Bool

	mu      sync.Mutex // held while Next runs and while Close frees what it uses
	copies  [][]byte   // of the planes, so that the buffer goes back before the conversion
	pace    pace
	started bool // there was a picture, whose number is last
	last    uint32

	statsMu sync.Mutex
	stats   Stats
}

// Start opens the device, sets it up and starts the stream. It does not wait
// for a picture. Errors are those of [Open], and [ErrSetting].
func Start(path string, settings Settings) (*Camera, error) {
	d, err := Open(path)
	if err != nil {
		return nil, err
	}
	c := &Camera{device: d, bell: bell{-1}}
	if err := c.start(settings); err != nil {
		return nil, errors.Join(err, c.release())
	}
	return c, nil
}

func (c *Camera) start(settings Settings) error {
	d := c.device
	offers, err := d.offers()
	if err != nil {
		return err
	}
	choice, err := choose(offers, settings, d.info.USB())
	if err != nil {
		return fmt.Errorf("%s: %w", d.path, err)
	}
	if c.layout, err = d.setFormat(choice); err != nil {
		return err
	}
	if c.rate, err = d.setRate(settings.FPS); err != nil {
		return err
	}
	if settings.FPS > 0 {
		c.pace.period = time.Duration(float64(time.Second) / settings.FPS)
	}
	if err := d.SetControls(settings.Controls); err != nil {
		return err
	}
	c.convert = newConverter(c.layout)
	c.copies = make([][]byte, len(c.layout.Sizes))
	if c.bell, err = newBell(); err != nil {
		return err
	}
	if c.buffers, err = d.allocate(len(c.layout.Sizes)); err != nil {
		return err
	}
	if err := c.buffers.queueAll(); err != nil {
		return err
	}
	kind := int32(d.bufType())
	if err := ioctl(d.fd, vidiocStreamon, &kind); err != nil {
		if errors.Is(err, unix.ENOSPC) {
			return fmt.Errorf("%s: the USB bus has no room for %v (starting the stream: %w); choose a smaller size or format=MJPEG, or plug the camera into another hub", d.path, c.layout, err)
		}
		return d.fail("starting the stream", err)
	}
	return nil
}

// offers lists the formats that are read, with their sizes, and names the others.
func (d *Device) offers() ([]offer, error) {
	formats, err := d.Formats()
	if err != nil {
		return nil, err
	}
	var all []offer
	for _, f := range formats {
		o := offer{format: f.FourCC}
		if f.FourCC.Supported() {
			if o.sizes, err = d.Sizes(f.FourCC); err != nil {
				return nil, err
			}
		}
		all = append(all, o)
	}
	return all, nil
}

// Info says what the device is.
func (c *Camera) Info() Info { return c.device.info }

// Layout is what the driver delivers, which may differ from what was wanted.
func (c *Camera) Layout() Layout { return c.layout }

// Rate is the frame rate that the driver was set to; 0 when it does not tell.
func (c *Camera) Rate() float64 { return c.rate }

// Stats returns the numbers as they are now.
func (c *Camera) Stats() Stats {
	c.statsMu.Lock()
	defer c.statsMu.Unlock()
	return c.stats
}

func (c *Camera) count(change func(s *Stats)) {
	c.statsMu.Lock()
	defer c.statsMu.Unlock()
	change(&c.stats)
}

// Next waits for the next whole picture that is due. It returns soon after ctx
// ends, with its error; the camera can still be used then. [ErrDamaged] says that one picture was dropped; Next may be
// called again. Every other error ends the stream: [ErrGone] when the device is lost, [ErrClosed].
func (c *Camera) Next(ctx context.Context) (Picture, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Load() {
		return Picture{}, ErrClosed
	}
	rung := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.bell.ring()
		close(rung)
	})
	defer func() {
		if !stop() {
			<-rung // the bell's descriptor must not be used after Close
			c.bell.still()
		}
	}()
	for {
		q, err := c.wait(ctx)
		if err != nil {
			return Picture{}, err
		}
		p, taken, err := c.take(q)
		if err != nil || taken {
			return p, err
		}
	}
}

// wait waits until the driver has filled a buffer, ctx ends or Close is called.
func (c *Camera) wait(ctx context.Context) (buffer, error) {
	fds := []unix.PollFd{{Fd: int32(c.device.fd), Events: unix.POLLIN}, {Fd: int32(c.bell.fd), Events: unix.POLLIN}}
	for {
		if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return buffer{}, fmt.Errorf("%s: waiting for a picture: %w", c.device.path, err)
		}
		switch {
		case c.closed.Load():
			return buffer{}, ErrClosed
		case ctx.Err() != nil:
			return buffer{}, ctx.Err()
		case fds[0].Revents == 0:
			continue
		}
		q, err := c.buffers.dequeue()
		broken := fds[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0
		switch {
		case err == nil:
			return q, nil
		case broken || errors.Is(err, unix.EIO) || errors.Is(err, unix.ENODEV):
			return q, fmt.Errorf("%s: %w (waiting for a picture: %w)", c.device.path, ErrGone, err)
		case !errors.Is(err, unix.EAGAIN):
			return q, c.device.fail("taking a picture", err)
		}
	}
}

// take copies the picture out of the buffer, gives the buffer back, and then
// converts the copy. taken is false for a picture beyond the rate.
func (c *Camera) take(q buffer) (p Picture, taken bool, err error) {
	now, mono := time.Now(), monotonic()
	made, ok := stamp(q, mono)
	if !ok {
		made = mono
	}
	missing := uint64(0)
	if c.started {
		missing = gap(c.last, q.sequence)
	}
	c.started, c.last = true, q.sequence

	damage := c.damage(q)
	due := damage == nil && c.pace.due(made)
	if due {
		for i := range c.copies {
			c.copies[i] = append(c.copies[i][:0], c.buffers.payload(q, i)...)
		}
	}
	if err := c.buffers.queue(q.index); err != nil {
		return p, false, err
	}
	if due {
		p = Picture{Time: now.Add(made - mono), Sequence: q.sequence}
		p.JPEG, p.Image, damage = c.convert.picture(c.copies)
	}
	c.count(func(s *Stats) {
		s.Dropped += missing
		switch {
		case damage != nil:
			s.Damaged++
		case !due:
			s.Skipped++
		default:
			s.Pictures++
		}
	})
	if damage != nil {
		return Picture{}, false, fmt.Errorf("%s: %w", c.device.path, damage)
	}
	return p, due, nil
}

// damage says what is wrong with a dequeued buffer by the driver's own words.
func (c *Camera) damage(q buffer) error {
	if q.flags&bufFlagError != 0 {
		return fmt.Errorf("%w: the driver marks picture %d so", ErrDamaged, q.sequence)
	}
	for i, least := range c.layout.least() {
		if n := len(c.buffers.payload(q, i)); n < least {
			return fmt.Errorf("%w: %d bytes of picture %d, which needs %d", ErrDamaged, n, q.sequence, least)
		}
	}
	return nil
}

// Close ends the stream, wakes Next and waits for it, and gives everything
// back. A second Close does nothing.
func (c *Camera) Close() error {
	first := !c.closed.Swap(true)
	if first {
		c.bell.ring()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !first {
		return nil
	}
	return c.release()
}

// release gives back whatever there is. The stream stops before its buffers are unmapped, so that
// the driver writes nowhere.
func (c *Camera) release() error {
	var errs []error
	if c.buffers != nil {
		kind := int32(c.device.bufType())
		if err := ioctl(c.device.fd, vidiocStreamoff, &kind); err != nil && !errors.Is(err, unix.ENODEV) {
			errs = append(errs, c.device.fail("ending the stream", err))
		}
		errs = append(errs, c.buffers.free())
	}
	if c.bell.fd >= 0 {
		errs = append(errs, c.bell.close())
	}
	errs = append(errs, c.device.Close())
	return errors.Join(errs...)
}
