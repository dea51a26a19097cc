package main

import (
	"time"

	"edgeclr/model"
)

// matrixPeak is the fastest of several products of two float matrices of 3072
// by 3072 by TensorFlow on all cores, in GFLOP/s.
func matrixPeak() (float64, error) {
	const side, tries = 3072, 6
	multiply, err := model.NewMatrixProduct(side, model.Runtime{})
	if err != nil {
		return 0, err
	}
	defer multiply.Close()
	best := 0.0
	for range tries {
		begin := time.Now()
		if err := multiply.Run(); err != nil {
			return 0, err
		}
		best = max(best, 2*float64(side)*side*side/time.Since(begin).Seconds()/1e9)
	}
	return best, nil
}
