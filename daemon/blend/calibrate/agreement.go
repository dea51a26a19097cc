package calibrate

import (
	"fmt"
	"math"
)

// Agreement is how well vectors agree with those of the float network.
type Agreement struct {
	Mean  float64 `json:"mean"`  // cosine of a picture's two vectors, the mean
	Worst float64 `json:"worst"` // the lowest cosine
}

// What an encoder in int8 must reach on held-back pictures to serve.
const (
	LeastMean  = 0.98
	LeastWorst = 0.95
)

// Check returns an error unless the agreement is good enough to serve.
func (a Agreement) Check() error {
	if a.Mean > LeastMean && a.Worst > LeastWorst {
		return nil
	}
	return fmt.Errorf("int8 loses too much: its vectors have the cosine %.4f to those of the float encoder (mean; worst %.4f), and more than %v (worst %v) is needed",
		a.Mean, a.Worst, LeastMean, LeastWorst)
}

// Compare gives the agreement of vectors, row by row. It is an error when there are no
// vectors, or when their number or their length differs.
func Compare(got, want [][]float32) (Agreement, error) {
	if len(got) != len(want) || len(got) == 0 {
		return Agreement{}, fmt.Errorf("%d vectors cannot be compared with %d", len(got), len(want))
	}
	a := Agreement{Worst: math.Inf(1)}
	for i, row := range got {
		if len(row) != len(want[i]) {
			return Agreement{}, fmt.Errorf("vector %d has %d values and %d are expected", i, len(row), len(want[i]))
		}
		c := Cosine(row, want[i])
		a.Mean += c / float64(len(got))
		a.Worst = min(a.Worst, c)
	}
	return a, nil
}

// Cosine of two vectors of one length. It is 0 when one of them is all zeros.
func Cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
