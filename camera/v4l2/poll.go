package v4l2

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// wakeup is a descriptor (eventfd) that wakes a goroutine that waits in poll.
type wakeup struct{ fd int }

// newWakeup makes the descriptor. After an error it is -1, so that nobody closes
// descriptor 0.
func newWakeup() (wakeup, error) {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return wakeup{-1}, fmt.Errorf("making an eventfd: %w", err)
	}
	return wakeup{fd}, nil
}

// signal makes the descriptor readable until reset. It can fail only when the counter
// is full, and then the descriptor is readable already.
func (w wakeup) signal() { unix.Write(w.fd, []byte{1, 0, 0, 0, 0, 0, 0, 0}) }

// reset makes the descriptor unreadable.
func (w wakeup) reset() { unix.Read(w.fd, make([]byte, 8)) }

func (w wakeup) close() error { return unix.Close(w.fd) }
