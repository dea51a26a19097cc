package main

import (
	"math"
	"slices"
	"time"
)

// warmup is the share of a run that trends leave out at its start, when caches fill and
// the first round of training allocates its memory.
const warmup = 0.25

// trend describes a series after the warm-up.
type trend struct {
	first, last float64       // medians of the first and the last quarter
	slope       float64       // change in an hour, by least squares
	noise       float64       // standard deviation about that line
	over        time.Duration // from the first judged sample to the last
}

// newTrend computes the trend of samples in the order of time. Fewer than two samples
// after the warm-up have no slope.
func newTrend(samples []sample, name series) trend {
	if len(samples) == 0 {
		return trend{}
	}
	begin := time.Duration(warmup * float64(samples[len(samples)-1].At))
	var at, values []float64
	for _, s := range samples {
		if s.At >= begin {
			at, values = append(at, s.At.Hours()), append(values, s.Values[name])
		}
	}
	part := (len(values) + 3) / 4
	t := trend{first: quantile(values[:part], 0.5), last: quantile(values[len(values)-part:], 0.5),
		over: time.Duration((at[len(at)-1] - at[0]) * float64(time.Hour))}
	t.slope, t.noise = line(at, values)
	return t
}

// growth returns the change over the judged time, according to the slope.
func (t trend) growth() float64 { return t.slope * t.over.Hours() }

// line returns the slope of y over x by least squares, and the standard deviation of y
// about that line.
func line(x, y []float64) (slope, deviation float64) {
	mx, my := mean(x), mean(y)
	var xx, xy float64
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		xy += (x[i] - mx) * (y[i] - my)
	}
	if xx > 0 {
		slope = xy / xx
	}
	sum := 0.0
	for i := range x {
		rest := y[i] - my - slope*(x[i]-mx)
		sum += rest * rest
	}
	return slope, math.Sqrt(sum / float64(len(x)))
}

func mean(all []float64) float64 {
	sum := 0.0
	for _, v := range all {
		sum += v
	}
	return sum / float64(len(all))
}

// quantile returns the value that a share q of all does not exceed, 0 without values.
func quantile(all []float64, q float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}
