package v4l2

import (
	"time"

	"golang.org/x/sys/unix"
)

// rateLimit thins a stream to a rate that the camera does not offer.
type rateLimit struct {
	period time.Duration // 0: all pictures pass
	due    time.Duration // when the next picture is due
}

// allows reports whether a picture of time t passes. Pictures come a little early or
// late, so a picture may be an eighth of a period early without shifting the schedule. A
// stream that paused does not catch up.
func (p *rateLimit) allows(t time.Duration) bool {
	if p.period == 0 {
		return true
	}
	if p.due-t > p.period/8 && p.due-t <= 2*p.period { // beyond: the clock was set back
		return false
	}
	p.due += p.period
	if p.due < t || p.due-t > 2*p.period {
		p.due = t + p.period
	}
	return true
}

// maxAge is the greatest possible age of a picture when it is taken out of its buffer. A
// slow camera may need some seconds for each of the buffers that wait before it. A time
// stamp that is older than maxAge is wrong.
const maxAge = time.Minute

// timestamp returns when the picture in a buffer was made, on the monotonic clock. ok
// is false when the driver does not give that time, or gives an impossible one.
func timestamp(q buffer, now time.Duration) (t time.Duration, ok bool) {
	t = time.Duration(q.seconds)*time.Second + time.Duration(q.micros)*time.Microsecond
	return t, q.flags&bufFlagTimestampMask == bufFlagMonotonic && t <= now && now-t < maxAge
}

// monotonic returns the time since the system started, which is the drivers' clock.
func monotonic() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
