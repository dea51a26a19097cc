package v4l2

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// Device is an open camera. One goroutine uses it.
type Device struct {
	path string
	fd   int
	info Info
}

// Open opens a device by its path, which may be a link in /dev/v4l/by-id or by-path. Errors
// match [ErrNotCamera], [ErrGone], [ErrBusy], fs.ErrNotExist or fs.ErrPermission.
func Open(path string) (*Device, error) {
	// Non-blocking: a call that waits inside the driver could not be interrupted, neither by
	// a deadline nor by Close.
	fd, err := openRetrying(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC)
	if err != nil {
		return nil, explain(path, "open", err)
	}
	d := &Device{path: path, fd: fd}
	if err := d.identify(); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return d, nil
}

func openRetrying(path string, flags int) (fd int, err error) {
	for {
		fd, err = unix.Open(path, flags, 0)
		if !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

func (d *Device) identify() error {
	info, err := query(d.fd)
	switch {
	case errors.Is(err, unix.ENOTTY), errors.Is(err, unix.EINVAL):
		return fmt.Errorf("%s: %w: it does not answer as Video4Linux does", d.path, ErrNotCamera)
	case errors.Is(err, ErrNotCamera):
		return fmt.Errorf("%s: %w", d.path, err)
	case err != nil:
		return explain(d.path, "asking what it is", err)
	}
	d.info = info
	return nil
}

// Info describes the device.
func (d *Device) Info() Info { return d.info }

// Close releases the descriptor.
func (d *Device) Close() error {
	if err := unix.Close(d.fd); err != nil {
		return fmt.Errorf("%s: close: %w", d.path, err)
	}
	return nil
}

// bufType returns the type of the buffers, which most requests need.
func (d *Device) bufType() uint32 {
	if d.info.Multiplanar {
		return bufVideoCaptureMplane
	}
	return bufVideoCapture
}

// fail explains an error of a request.
func (d *Device) fail(operation string, err error) error { return explain(d.path, operation, err) }

// Info describes a device.
type Info struct {
	// Driver is the kernel's driver: "uvcvideo", "vivid".
	Driver string

	// Card is the name of the product.
	Card string

	// Bus is where it is attached: "usb-0000:00:14.0-1".
	Bus string

	// Kernel is the version that the driver reports, such as "6.1.0".
	Kernel string

	// Multiplanar says that the device uses the multi-planar API.
	Multiplanar bool
}

// USB reports whether the device is attached to USB.
func (i Info) USB() bool { return strings.HasPrefix(i.Bus, "usb-") }

// query asks what the device is. It looks at the capabilities of this node, not at
// those of all nodes of the driver: a webcam has a second node for metadata.
func query(fd int) (Info, error) {
	var c capability
	if err := ioctl(fd, vidiocQuerycap, &c); err != nil {
		return Info{}, err
	}
	caps := c.capabilities
	if caps&capDeviceCaps != 0 {
		caps = c.deviceCaps
	}
	i := Info{
		Driver:      text(c.driver[:]),
		Card:        text(c.card[:]),
		Bus:         text(c.bus[:]),
		Kernel:      fmt.Sprintf("%d.%d.%d", c.version>>16, c.version>>8&0xff, c.version&0xff),
		Multiplanar: caps&capVideoCapture == 0,
	}
	switch {
	case caps&(capVideoCapture|capVideoCaptureMplane) == 0:
		return i, fmt.Errorf("%w: this node of %s (%s) captures no pictures", ErrNotCamera, i.Card, i.Driver)
	case caps&capStreaming == 0:
		return i, fmt.Errorf("%w: %s (%s) does not stream into memory", ErrNotCamera, i.Card, i.Driver)
	}
	return i, nil
}

// text returns a C string.
func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return strings.TrimSpace(s)
}
