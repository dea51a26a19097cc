package camera

import "time"

// pace thins a stream out to a rate. Frames come a little early or late, so
// one is taken from a quarter of a period before its turn, and the turns stay
// where they were.
type pace struct {
	period time.Duration
	turn   time.Time // zero: now
}

// due reports whether a frame that came now may be used.
func (p *pace) due(now time.Time) bool {
	return p.turn.IsZero() || now.After(p.turn.Add(-p.period/4))
}

// took notes that it was. A stream that fell behind does not catch up.
func (p *pace) took(now time.Time) {
	next := p.turn.Add(p.period)
	if p.turn.IsZero() || next.Before(now) {
		next = now.Add(p.period)
	}
	p.turn = next
}
