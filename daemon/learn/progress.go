package learn

import "time"

// Progress tells how far a round is.
type Progress struct {
	Step, Steps int     // steps done, and steps of the round
	Loss        float64 // mean of the last 10 steps
	ViewsPerS   float64 // views a second in steps that move the encoder, with reading, decoding and augmenting; 0 until known
	Size        int     // learning size: side of a view, in pixels
}

// lossWindow is how many steps the reported loss averages.
const lossWindow = 10

// meter measures the loss and the speed of a round.
type meter struct {
	losses []float64
	full   int       // steps so far that moved the encoder
	since  time.Time // end of the last of the warmSteps
	views  int       // since then
}

// warmSteps is how many of the first full steps the speed leaves out. TensorFlow
// compiles its kernels in them.
const warmSteps = 3

func (m *meter) add(loss float64, views int, headOnly bool, now time.Time) {
	m.losses = append(m.losses, loss)
	if len(m.losses) > lossWindow {
		m.losses = m.losses[1:]
	}
	if headOnly {
		return
	}
	if m.full++; m.full <= warmSteps {
		m.since = now
		return
	}
	m.views += views
}

// pause leaves a time without work out of the speed.
func (m *meter) pause(d time.Duration) { m.since = m.since.Add(d) }

func (m *meter) loss() float64 {
	sum := 0.0
	for _, l := range m.losses {
		sum += l
	}
	return sum / float64(max(len(m.losses), 1))
}

func (m *meter) viewsPerS(now time.Time) float64 {
	elapsed := now.Sub(m.since).Seconds()
	if m.views == 0 || elapsed <= 0 {
		return 0
	}
	return float64(m.views) / elapsed
}
