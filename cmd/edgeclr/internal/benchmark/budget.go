package benchmark

import (
	"math"
	"time"
)

// Budget bounds learning, by whichever ends first.
type Budget struct {
	Steps int           // 0: no bound
	Limit time.Duration // 0: no bound
}

// part is what may be spent when next of total frames have come and there were
// done before. The parts of a stream add up to the whole.
func (b Budget) part(done, next, total int) Budget {
	share := func(n int64) int64 {
		return int64(math.Round(float64(n)*float64(next)/float64(total))) - int64(math.Round(float64(n)*float64(done)/float64(total)))
	}
	return Budget{Steps: int(share(int64(b.Steps))), Limit: time.Duration(share(int64(b.Limit)))}
}

// nothing tells whether a part of b holds neither a step nor time.
func (b Budget) nothing(part Budget) bool {
	return b.Steps > 0 && part.Steps == 0 || b.Limit > 0 && part.Limit == 0
}
