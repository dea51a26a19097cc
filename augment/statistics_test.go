package augment

import (
	"math"
	"sort"
	"testing"
)

// Significance of the distribution tests: with correct code and new seeds, one test in
// a thousand would fail. The seeds are fixed, so a test that passes keeps passing until
// the code changes.
const (
	significance = 0.001
	// chiSquare23 is the value that chi-square with 23 degrees of freedom exceeds
	// with that probability.
	chiSquare23 = 49.728
	// normalTwoSided is the number of standard deviations that a normal variable
	// exceeds with that probability.
	normalTwoSided = 3.2905
)

// sameDistribution is the two-sample Kolmogorov-Smirnov test. Ties, which whole pixels
// have, make it accept more, not less.
func sameDistribution(t *testing.T, what string, a, b []float64) {
	t.Helper()
	sort.Float64s(a)
	sort.Float64s(b)
	var largest float64
	for i, j := 0, 0; i < len(a) && j < len(b); {
		v := min(a[i], b[j])
		for i < len(a) && a[i] == v {
			i++
		}
		for j < len(b) && b[j] == v {
			j++
		}
		largest = max(largest, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	n, m := float64(len(a)), float64(len(b))
	limit := math.Sqrt(-math.Log(significance/2)/2) * math.Sqrt((n+m)/(n*m))
	t.Logf("%s: Kolmogorov-Smirnov D %.4f, limit %.4f", what, largest, limit)
	if largest > limit {
		t.Errorf("%s is distributed differently", what)
	}
}

// isUniform is the one-sample Kolmogorov-Smirnov test against U(low, high).
func isUniform(t *testing.T, what string, a []float64, low, high float64) {
	t.Helper()
	sort.Float64s(a)
	n := float64(len(a))
	var largest float64
	for i, v := range a {
		f := (v - low) / (high - low)
		if f < 0 || f > 1 {
			t.Fatalf("%s: %v is outside of [%v, %v]", what, v, low, high)
		}
		largest = max(largest, f-float64(i)/n, float64(i+1)/n-f)
	}
	limit := math.Sqrt(-math.Log(significance/2)/2) / math.Sqrt(n)
	t.Logf("%s: Kolmogorov-Smirnov D %.4f, limit %.4f", what, largest, limit)
	if largest > limit {
		t.Errorf("%s is not uniform", what)
	}
}

// isShare tests a count of n independent trials against a probability.
func isShare(t *testing.T, what string, count, n int, p float64) {
	t.Helper()
	deviation := (float64(count) - float64(n)*p) / math.Sqrt(float64(n)*p*(1-p))
	t.Logf("%s: %d of %d, %.2f standard deviations from %v", what, count, n, deviation, p)
	if math.Abs(deviation) > normalTwoSided {
		t.Errorf("%s does not have probability %v", what, p)
	}
}

// chiSquare is Pearson's statistic of counts against equal probabilities.
func chiSquare(counts []int) float64 {
	var total int
	for _, c := range counts {
		total += c
	}
	expected := float64(total) / float64(len(counts))
	var sum float64
	for _, c := range counts {
		d := float64(c) - expected
		sum += d * d / expected
	}
	return sum
}
