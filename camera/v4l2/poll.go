package v4l2

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// bell wakes a goroutine that waits in poll.
type bell struct{ fd int }

func newBell() (bell, error) {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return bell{}, fmt.Errorf("making an eventfd: %w", err)
	}
	return bell{fd}, nil
}

// ring makes the descriptor readable until it is stilled. It cannot fail but for a counter that is
// full, and then it rings already.
func (b bell) ring() { unix.Write(b.fd, []byte{1, 0, 0, 0, 0, 0, 0, 0}) }

// still ends the ringing.
func (b bell) still() { unix.Read(b.fd, make([]byte, 8)) }

func (b bell) close() error { return unix.Close(b.fd) }
