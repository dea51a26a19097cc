package v4l2

import "time"

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
