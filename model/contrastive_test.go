package model

import (
	"math"
	"slices"
	"testing"
)

// contrastive is the formula of both losses, to be computed in float64.
type contrastive struct {
	z         []float32 // rows projections, of any length
	queue     []float32
	together  []bool
	rows      int
	decoupled bool // DCL: the positive is not in the denominator

	temperature float64
}

// loss is NT-Xent (Chen et al. 2020, equation 1) or DCL (Yeh et al. 2022,
// equation 6), without the pictures that are together with a row's own. A row
// without negatives is 0.
func (c contrastive) loss() float64 {
	dim, n := len(c.z)/c.rows, c.rows/2
	unit := func(v []float32, i int) []float64 {
		out, length := make([]float64, dim), 0.0
		for k := range dim {
			out[k] = float64(v[i*dim+k])
			length += out[k] * out[k]
		}
		for k := range out {
			out[k] /= math.Sqrt(length)
		}
		return out
	}
	dot := func(a, b []float64) (sum float64) {
		for k := range a {
			sum += a[k] * b[k]
		}
		return sum / c.temperature
	}
	total := 0.0
	for i := range c.rows {
		a, other := unit(c.z, i), (i+n)%c.rows
		var negatives []float64
		for j := range c.rows {
			if j%n != i%n && (c.together == nil || !c.together[i%n*n+j%n]) {
				negatives = append(negatives, dot(a, unit(c.z, j)))
			}
		}
		for j := range len(c.queue) / dim {
			negatives = append(negatives, dot(a, unit(c.queue, j)))
		}
		if len(negatives) == 0 {
			continue
		}
		positive, sum := dot(a, unit(c.z, other)), 0.0
		if !c.decoupled {
			sum = math.Exp(positive)
		}
		for _, s := range negatives {
			sum += math.Exp(s)
		}
		total += math.Log(sum) - positive
	}
	return total / float64(c.rows)
}

// slope is the gradient by one coordinate of z, by differences.
func (c contrastive) slope(at int) float64 {
	const h = 1e-3
	up, down := c, c
	up.z, down.z = slices.Clone(c.z), slices.Clone(c.z)
	up.z[at] += h
	down.z[at] -= h
	return (up.loss() - down.loss()) / (float64(up.z[at]) - float64(down.z[at]))
}

// together lets pictures of a batch of n show the same moment where their
// number has the same rest: there are so many moments.
func together(n, moments int) []bool {
	mask := make([]bool, n*n)
	for i := range n {
		for j := range n {
			mask[i*n+j] = i%moments == j%moments
		}
	}
	return mask
}

// TestLossesByFormula compares value and slope of both losses with their formula.
func TestLossesByFormula(t *testing.T) {
	const pictures, dim = 6, 5
	z := formula("contrastive", []int{2 * pictures, dim}, -1, 1).Data
	opposed := slices.Clone(z) // the pictures' views point to two opposite sides
	for i := range opposed {
		opposed[i] = 0.01*opposed[i] + float32(1-2*(i/dim%pictures%2))
	}
	lone := make([]bool, pictures*pictures) // picture 2 is together with all others, and they are not
	for i := range pictures {
		lone[2*pictures+i], lone[i*pictures+2] = true, true
	}
	masks := []struct {
		name     string
		together []bool
	}{
		{"none together", nil},
		{"none together, said", make([]bool, pictures*pictures)},
		{"themselves together", together(pictures, pictures)},
		{"three moments", together(pictures, 3)},
		{"two moments", together(pictures, 2)},
		{"one picture without negatives", lone},
		{"no negatives at all", together(pictures, 1)},
	}
	for name, l := range losses() {
		for _, m := range masks {
			for _, temperature := range []float64{0.01, 0.05, 0.1, 0.5, 2} {
				for kind, z := range map[string][]float32{"mixed": z, "opposed": opposed} {
					want := contrastive{z: z, together: m.together, rows: 2 * pictures, decoupled: name == "dcl", temperature: temperature}
					got, gradient := lossAndGradient(t, l, z, m.together, 2*pictures, temperature)
					value := want.loss()
					if !(math.Abs(float64(got)-value) <= 1e-5*math.Max(1, math.Abs(value))) {
						t.Errorf("%s, %s, %s, temperature %v: %v, want %v", name, m.name, kind, temperature, got, value)
					}
					if !finite(gradient) {
						t.Errorf("%s, %s, %s, temperature %v: gradient %v", name, m.name, kind, temperature, gradient)
					}
					if temperature < 0.1 {
						continue // too steep for differences of values in float32
					}
					for _, at := range []int{7, 2*dim + 1, (pictures + 3) * dim} {
						slope := want.slope(at)
						if !(math.Abs(float64(gradient[at])-slope) <= 1e-3*math.Max(0.1, math.Abs(slope))) {
							t.Errorf("%s, %s, %s, temperature %v: slope %v, want %v", name, m.name, kind, temperature, gradient[at], slope)
						}
					}
				}
			}
		}
	}
}
