package benchmark

import (
	"context"

	"edgeclr/camera"
)

// Learner learns from frames and computes vectors. Calls come one at a time.
type Learner interface {
	// Feed hands over frames in the order in which they arrived.
	Feed(ctx context.Context, frames []camera.Frame) error

	// Learn trains within the budget on what the learner remembers and returns
	// the steps that were taken, 0 when there is too little to learn from yet.
	// Which encoder answers afterwards, the learner decides.
	Learn(ctx context.Context, b Budget) (steps int, err error)

	// Embed computes the vectors of encoded pictures with the encoder that
	// answers at present.
	Embed(ctx context.Context, pictures [][]byte) ([][]float32, error)

	// Close ends the learner and removes what it kept.
	Close() error
}

// Opening says what a learner is opened for.
type Opening struct {
	Variant Variant
	Seed    uint64
	Buffer  int // most frames that it may remember
}
