package model

import "math"

// Schedule gives the learning rates of a round of training: the head alone
// for HeadSteps at HeadRate, since the gradients of a new head are noise that
// would harm the encoder; then everything, up to Rate in Ramp steps and from
// there down to 0 by a cosine (Loshchilov and Hutter 2017, "SGDR", equation 5,
// without restarts; Goyal et al. 2017, "Accurate, Large Minibatch SGD", section
// 2.2, for the ramp).
type Schedule struct {
	Steps     int     // of the round, HeadSteps and Ramp included
	HeadSteps int     //
	Ramp      int     // step k of them, from 1, has k/(Ramp+1) of Rate
	Rate      float64 // of encoder and head once the encoder moves
	HeadRate  float64 // of the head while it learns alone
}

// Rates are the learning rates of one step.
type Rates struct {
	Encoder, Head float64
	HeadOnly      bool // the encoder does not move
}

// At gives the rates of a step, counted from 0. Share, 0 to 1, is how much of the
// cosine has passed when something else than the step count may end the round
// (a time limit); the larger of both counts. It lowers the ramp as well.
func (s Schedule) At(step int, share float64) Rates {
	if step < s.HeadSteps {
		return Rates{Head: s.HeadRate, HeadOnly: true}
	}
	begin := s.HeadSteps + s.Ramp // of the cosine
	if falling := s.Steps - begin; falling > 0 {
		share = max(share, float64(step-begin)/float64(falling))
	}
	rate := s.Rate * 0.5 * (1 + math.Cos(math.Pi*min(max(share, 0), 1)))
	if step < begin {
		rate *= float64(step-s.HeadSteps+1) / float64(s.Ramp+1)
	}
	return Rates{Encoder: rate, Head: rate}
}
