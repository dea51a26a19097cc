package v4l2

import (
	"time"

	"golang.org/x/sys/unix"
)

// maxAge is how old a picture can be when it is taken: the buffers' worth at
// one picture in some seconds. A time stamp beyond it is wrong.
const maxAge = time.Minute

// stamp is when the picture in a buffer was made, on the monotonic clock, as
// the driver says; ok is false when it does not, or cannot be right.
func stamp(q buffer, now time.Duration) (t time.Duration, ok bool) {
	t = time.Duration(q.seconds)*time.Second + time.Duration(q.micros)*time.Microsecond
	return t, q.flags&bufFlagTimestampMask == bufFlagMonotonic && t <= now && now-t < maxAge
}

// monotonic is the time since the system started, the clock of the drivers.
func monotonic() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
