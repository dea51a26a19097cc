package benchmark

import (
	"fmt"
	"math"
)

// Mean sums up the runs of several seeds.
type Mean struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"` // standard deviation of a run; 0 with a single one
	Runs      int     `json:"runs"`
}

func meanOf(values []float64) Mean {
	n := float64(len(values))
	m := Mean{Runs: len(values)}
	for _, v := range values {
		m.Mean += v / n
	}
	if len(values) < 2 {
		return m
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - m.Mean) * (v - m.Mean)
	}
	m.Deviation = math.Sqrt(squares / (n - 1))
	return m
}

// text writes the mean with a format like %.4f, and the deviation where there
// is one.
func (m Mean) text(format string) string {
	if m.Runs < 2 {
		return fmt.Sprintf(format, m.Mean)
	}
	return fmt.Sprintf(format+" ±%.4f", m.Mean, m.Deviation)
}
