package v4l2

import (
	"fmt"
	"strings"
)

// Info says what a device is.
type Info struct {
	// Driver is the kernel's driver: "uvcvideo", "vivid".
	Driver string

	// Card is the name of the product.
	Card string

	// Bus says where it is attached: "usb-0000:00:14.0-1".
	Bus string

	// Kernel is the version that the driver reports, such as "6.1.0".
	Kernel string

	// Multiplanar says that the device speaks the API of several planes.
	Multiplanar bool
}

// USB tells whether the device is attached by USB.
func (i Info) USB() bool { return strings.HasPrefix(i.Bus, "usb-") }

// query asks what the device is. Its own capabilities count, not those of all
// nodes of the driver together: a webcam has a second node for metadata.
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

// text is a string of C.
func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return strings.TrimSpace(s)
}
