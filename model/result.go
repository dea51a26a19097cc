package model

// Result is what a step found before it changed the weights.
type Result struct {
	// Loss is the contrastive loss, with TrainerOptions.Align that of the
	// alignment added once the encoder moves.
	Loss float64

	// Projections is [2N,128], row by row: what the projection head makes of each
	// view, in the order of Batch.Views, with length 1. Rows i and N+i are of one
	// pair. (A row of zeros stays zero.)
	Projections []float32
}
