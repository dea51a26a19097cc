package trials

import (
	"math"
	"slices"
)

// Estimate is a value with its standard error.
type Estimate struct {
	Value float64 `json:"value"`
	SE    float64 `json:"se"`
}

// Mean is the mean of independent values. The standard error is their standard deviation
// (n - 1) over the root of their number; for hits and misses that is the binomial one. With
// fewer than two values it is 0.
func Mean(values []float64) Estimate {
	n := float64(len(values))
	var e Estimate
	for _, v := range values {
		e.Value += v
	}
	if n > 0 {
		e.Value /= n // not v / n before: a mean of hits and misses is exact so
	}
	if len(values) < 2 {
		return e
	}
	var squares float64
	for _, v := range values {
		squares += (v - e.Value) * (v - e.Value)
	}
	e.SE = math.Sqrt(squares / (n - 1) / n)
	return e
}

// Difference is the mean of after[i] - before[i]. Its standard error is the paired one:
// that of the mean of these differences. Both slices have one value for each picture, in
// the same order.
func Difference(after, before []float64) Estimate {
	gains := make([]float64, len(after))
	for i := range gains {
		gains[i] = after[i] - before[i]
	}
	return Mean(gains)
}

// Median is the middle value, or the mean of the two middle ones; NaN for none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
