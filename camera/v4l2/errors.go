package v4l2

import (
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"
)

// What can be wrong with a camera. A node that is not there matches
// fs.ErrNotExist, one that may not be opened fs.ErrPermission.
var (
	// ErrGone says that the device was unplugged or its stream broke. Only
	// closing it and opening it anew helps.
	ErrGone = errors.New("the camera is gone")

	// ErrBusy says that somebody else streams from the device.
	ErrBusy = errors.New("the camera is in use")

	// ErrNotCamera says that the node is something else: a file, a metadata
	// node, an encoder, an output.
	ErrNotCamera = errors.New("not a camera")

	// ErrSetting says that the camera does not have what was asked for: a
	// format, a control, a value.
	ErrSetting = errors.New("not possible with this camera")

	// ErrDamaged says that a picture arrived incomplete and was dropped. The
	// stream goes on.
	ErrDamaged = errors.New("damaged picture")

	// ErrClosed says that the camera was closed by this program.
	ErrClosed = errors.New("the camera is closed")
)

// explain turns an errno into an error that says where, what and how to mend.
func explain(path, operation string, err error) error {
	switch {
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return fmt.Errorf("%s: %w (%s: %w)", path, ErrGone, operation, err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%s: %w%s (%s: %w)", path, ErrBusy, byWhom(path), operation, err)
	case errors.Is(err, unix.EPERM): // group and mode of the node are not what refuses
		return fmt.Errorf("%s: %s: %w; the sandbox does not let this process use cameras: a systemd unit needs DeviceAllow=char-video4linux rw, a container --device %s",
			path, operation, err, path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: %s: %w; cameras belong to the group video: sudo usermod -aG video %s, then log in again",
			path, operation, err, userName())
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %s: %w; is the camera plugged in? `edgeclr cameras` lists what is there", path, operation, err)
	}
	return fmt.Errorf("%s: %s: %w", path, operation, err)
}
