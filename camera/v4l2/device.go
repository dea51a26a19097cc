package v4l2

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Device is an open camera. One goroutine uses it.
type Device struct {
	path string
	fd   int
	info Info
}

// Open opens a device by its path, a link in /dev/v4l/by-id or by-path
// included. Errors match [ErrNotCamera], [ErrGone], [ErrBusy], fs.ErrNotExist or
// fs.ErrPermission.
func Open(path string) (*Device, error) {
	// Non-blocking, so that no call waits inside the driver, where neither a deadline nor Close reaches.
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

// Info says what the device is.
func (d *Device) Info() Info { return d.info }

// Close gives the descriptor back.
func (d *Device) Close() error {
	if err := unix.Close(d.fd); err != nil {
		return fmt.Errorf("%s: close: %w", d.path, err)
	}
	return nil
}

// bufType is the type of the buffers, which most requests name.
func (d *Device) bufType() uint32 {
	if d.info.Multiplanar {
		return bufVideoCaptureMplane
	}
	return bufVideoCapture
}

// fail explains an error of a request.
func (d *Device) fail(operation string, err error) error { return explain(d.path, operation, err) }
