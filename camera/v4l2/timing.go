package v4l2

import (
	"time"

	"golang.org/x/sys/unix"
)

// pace thins a stream out to a rate that the camera does not have.
type pace struct {
	period time.Duration // 0: everything passes
	turn   time.Duration // when the next picture is due
}

// due tells whether a picture of time t passes. Pictures come a little early
// or late, so one may be an eighth of a period early, and the turns stay
// where they were; a stream that paused does not catch up.
func (p *pace) due(t time.Duration) bool {
	if p.period == 0 {
		return true
	}
	if p.turn-t > p.period/8 && p.turn-t <= 2*p.period { // beyond: the clock was set back
		return false
	}
	p.turn += p.period
	if p.turn < t || p.turn-t > 2*p.period {
		p.turn = t + p.period
	}
	return true
}

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
