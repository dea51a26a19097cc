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

// Camera is a device that streams. One goroutine calls Next. Any goroutine may call
// Close and Stats.
type Camera struct {
	device  *Device
	layout  Layout
	fps     float64 // that the driver was set to
	convert *converter
	buffers *buffers
	wake    wakeup
	closed  atomic.Bool

	mu      sync.Mutex // held while Next runs, and while Close releases what Next uses
	copies  [][]byte   // copies of the planes: the driver gets its buffer back before the conversion
	rate    rateLimit
	started bool   // a picture has come, so last is valid
	last    uint32 // sequence number of the last picture

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
	c := &Camera{device: d, wake: wakeup{-1}}
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
	if c.fps, err = d.setRate(settings.FPS); err != nil {
		return err
	}
	if settings.FPS > 0 {
		c.rate.period = time.Duration(float64(time.Second) / settings.FPS)
	}
	if err := d.SetControls(settings.Controls); err != nil {
		return err
	}
	c.convert = newConverter(c.layout)
	c.copies = make([][]byte, len(c.layout.Sizes))
	if c.wake, err = newWakeup(); err != nil {
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

// offers lists the device's formats. Only the formats that this package reads have
// their sizes.
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

// Info describes the device.
func (c *Camera) Info() Info { return c.device.info }

// Layout returns what the driver delivers. It may differ from the settings.
func (c *Camera) Layout() Layout { return c.layout }

// Rate returns the frame rate that the driver was set to; 0 when it does not say.
func (c *Camera) Rate() float64 { return c.fps }

// Stats returns the current numbers.
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

// Next waits for the next whole picture that the rate allows. When ctx ends, Next soon
// returns the error of ctx, and the camera can still be used. [ErrDamaged] says that one
// picture was dropped; Next may be called again. Every other error ends the stream:
// [ErrGone] when the device is lost, [ErrClosed] after Close.
func (c *Camera) Next(ctx context.Context) (Picture, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Load() {
		return Picture{}, ErrClosed
	}
	signalled := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.wake.signal()
		close(signalled)
	})
	defer func() {
		if !stop() {
			<-signalled // wake must not be used after Close
			c.wake.reset()
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
	fds := []unix.PollFd{{Fd: int32(c.device.fd), Events: unix.POLLIN}, {Fd: int32(c.wake.fd), Events: unix.POLLIN}}
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

// take copies the picture out of the buffer, returns the buffer to the driver, and
// converts the copy. taken is false for a picture that came before the rate allows one.
func (c *Camera) take(q buffer) (p Picture, taken bool, err error) {
	now, mono := time.Now(), monotonic()
	made, ok := timestamp(q, mono)
	if !ok {
		made = mono
	}
	missing := uint64(0)
	if c.started {
		missing = missed(c.last, q.sequence)
	}
	c.started, c.last = true, q.sequence

	damage := c.damage(q)
	due := damage == nil && c.rate.allows(made)
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

// damage says what is wrong with a dequeued buffer according to the driver.
func (c *Camera) damage(q buffer) error {
	if q.flags&bufFlagError != 0 {
		return fmt.Errorf("%w: the driver marks picture %d as damaged", ErrDamaged, q.sequence)
	}
	for i, least := range c.layout.minBytes() {
		if n := len(c.buffers.payload(q, i)); n < least {
			return fmt.Errorf("%w: %d bytes of picture %d, which needs %d", ErrDamaged, n, q.sequence, least)
		}
	}
	return nil
}

// Close ends the stream, wakes Next and waits for it, and releases everything. A
// second Close does nothing.
func (c *Camera) Close() error {
	first := !c.closed.Swap(true)
	if first {
		c.wake.signal()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !first {
		return nil
	}
	return c.release()
}

// release releases everything that start has acquired so far. It stops the stream
// before it unmaps the buffers, so that the driver does not write into unmapped memory.
func (c *Camera) release() error {
	var errs []error
	if c.buffers != nil {
		kind := int32(c.device.bufType())
		if err := ioctl(c.device.fd, vidiocStreamoff, &kind); err != nil && !errors.Is(err, unix.ENODEV) {
			errs = append(errs, c.device.fail("ending the stream", err))
		}
		errs = append(errs, c.buffers.free())
	}
	if c.wake.fd >= 0 {
		errs = append(errs, c.wake.close())
	}
	errs = append(errs, c.device.Close())
	return errors.Join(errs...)
}
