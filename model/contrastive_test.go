package model

import (
	"fmt"
	"math"
	"slices"
	"testing"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/objective"
)

// contrastive computes both losses by their formula, in float64.
type contrastive struct {
	z            []float32 // rows projections, of any length
	queue        []float32
	notNegatives []bool
	rows         int
	decoupled    bool // DCL: the positive is not in the denominator

	temperature float64
}

// loss is NT-Xent (Chen et al. 2020, equation 1) or DCL (Yeh et al. 2022,
// equation 6). The mask leaves out negatives. A row without negatives is 0.
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
			if j%n != i%n && (c.notNegatives == nil || !c.notNegatives[i%n*n+j%n]) {
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

// slope is the derivative with respect to one coordinate of z, by differences.
func (c contrastive) slope(at int) float64 {
	const h = 1e-3
	up, down := c, c
	up.z, down.z = slices.Clone(c.z), slices.Clone(c.z)
	up.z[at] += h
	down.z[at] -= h
	return (up.loss() - down.loss()) / (float64(up.z[at]) - float64(down.z[at]))
}

// sameMoment is a mask over a batch of n pictures: picture i shows moment i modulo
// moments.
func sameMoment(n, moments int) []bool {
	mask := make([]bool, n*n)
	for i := range n {
		for j := range n {
			mask[i*n+j] = i%moments == j%moments
		}
	}
	return mask
}

// TestLossesByFormula compares value and gradient of both losses with their formula.
func TestLossesByFormula(t *testing.T) {
	t.Parallel()
	const pictures, dim = 6, 5
	z := formula("contrastive", []int{2 * pictures, dim}, -1, 1).Data
	opposed := slices.Clone(z) // the pictures' views point to two opposite sides
	for i := range opposed {
		opposed[i] = 0.01*opposed[i] + float32(1-2*(i/dim%pictures%2))
	}
	lone := make([]bool, pictures*pictures) // picture 2 has no negatives; the others have each other
	for i := range pictures {
		lone[2*pictures+i], lone[i*pictures+2] = true, true
	}
	masks := []struct {
		name         string
		notNegatives []bool
	}{
		{"no mask", nil},
		{"a mask of no pairs", make([]bool, pictures*pictures)},
		{"the diagonal alone", sameMoment(pictures, pictures)},
		{"three moments", sameMoment(pictures, 3)},
		{"two moments", sameMoment(pictures, 2)},
		{"one picture without negatives", lone},
		{"no negatives at all", sameMoment(pictures, 1)},
	}
	for _, name := range []string{"nt_xent", "dcl"} {
		for _, temperature := range []float64{0.01, 0.05, 0.1, 0.5, 2} {
			graph := newLossGraph(t, objectiveOf(name), dim, temperature)
			for _, m := range masks {
				for kind, z := range map[string][]float32{"mixed": z, "opposed": opposed} {
					formula := contrastive{z: z, notNegatives: m.notNegatives, rows: 2 * pictures, decoupled: name == "dcl", temperature: temperature}
					got, gradient := graph.run(t, z, m.notNegatives)
					if want := formula.loss(); !(math.Abs(float64(got)-want) <= 1e-5*math.Max(1, math.Abs(want))) {
						t.Errorf("%s, %s, %s, temperature %v: %v, want %v", name, m.name, kind, temperature, got, want)
					}
					if !finite(gradient) {
						t.Errorf("%s, %s, %s, temperature %v: gradient %v", name, m.name, kind, temperature, gradient)
					}
					if temperature < 0.1 {
						continue // too steep for differences of values in float32
					}
					for _, at := range []int{7, 2*dim + 1, (pictures + 3) * dim} {
						slope := formula.slope(at)
						if !(math.Abs(float64(gradient[at])-slope) <= 1e-3*math.Max(0.1, math.Abs(slope))) {
							t.Errorf("%s, %s, %s, temperature %v: slope %v, want %v", name, m.name, kind, temperature, gradient[at], slope)
						}
					}
				}
			}
		}
	}
}

// Value and gradient equal those of lightly's NTXentLoss. model_ntxent.py computed
// them in float64.
func TestNTXentGolden(t *testing.T) {
	t.Parallel()
	want := goldenFile(t, "model_ntxent.safetensors")
	for _, batch := range []struct{ pairs, dim int }{{2, 128}, {32, 128}, {256, 16}} {
		rows := 2 * batch.pairs
		z := formula(fmt.Sprintf("projections/%d", batch.pairs), []int{rows, batch.dim}, -1, 1).Data
		half := len(z) / 2
		for i := range half {
			z[half+i] = (z[half+i] + z[i]) / 2
		}
		for _, temperature := range []float64{0.1, 0.5} {
			name := fmt.Sprintf("%d/%g", batch.pairs, temperature)
			t.Run(name, func(t *testing.T) {
				loss, gradient := lossAndGradient(t, objectiveOf("nt_xent"), z, nil, rows, temperature)
				value := relativeError([]float32{loss}, find(t, want, name+"/loss").Data)
				slope := relativeError(gradient, find(t, want, name+"/gradient").Data)
				t.Logf("value is off by %.1e, gradient by %.1e", value, slope)
				if !(value < 1e-5) || !(slope < 1e-5) {
					t.Errorf("value is off by %.1e, gradient by %.1e of the largest", value, slope)
				}
			})
		}
	}
}

// Some losses can be computed by hand.
func TestNTXentByHand(t *testing.T) {
	tests := []struct {
		name        string
		projections []float32
		temperature float64
		want        float64
	}{
		// Rows 0 and 2 are one picture, 1 and 3 the other. Each row sees its
		// positive at cosine 1 and two negatives at cosine 0.
		{"pictures at right angles", []float32{1, 0, 0, 1, 5, 0, 0, 7}, 0.5, -math.Log(math.Exp(2) / (math.Exp(2) + 2))},
		{"all alike", []float32{1, 1, 2, 2, 3, 3, 4, 4}, 0.1, math.Log(3)},
		{"views swapped", []float32{1, 0, 0, 1, 0, 1, 1, 0}, 0.5, -math.Log(1 / (math.Exp(2) + 2))},
		{"zeros", make([]float32, 8), 0.5, math.Log(3)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			loss, gradient := lossAndGradient(t, objectiveOf("nt_xent"), tt.projections, nil, 4, tt.temperature)
			if math.Abs(float64(loss)-tt.want) > 1e-6 {
				t.Errorf("loss %v, want %v", loss, tt.want)
			}
			if !finite(gradient) {
				t.Errorf("gradient %v", gradient)
			}
		})
	}
}

// lossAndGradient is the value of an objective without a target network, and its
// gradient with respect to each projection.
func lossAndGradient(t *testing.T, o *objective.Objective, z []float32, notNegatives []bool, rows int, temperature float64) (float32, []float32) {
	t.Helper()
	return newLossGraph(t, o, len(z)/rows, temperature).run(t, z, notNegatives)
}

// lossGraph holds only an objective. The projections are fed.
type lossGraph struct {
	dim                int
	projections, pairs tf.Output
	fetches            []tf.Output // the loss and its gradient
	session            *tf.Session
}

func newLossGraph(t *testing.T, o *objective.Objective, dim int, temperature float64) lossGraph {
	t.Helper()
	s := op.NewScope()
	l := lossGraph{dim: dim}
	l.projections = op.Placeholder(s, tf.Float, op.PlaceholderShape(tf.MakeShape(-1, int64(dim))))
	none, err := floatTensor(nil, 0, int64(dim))
	if err != nil {
		t.Fatal(err)
	}
	l.pairs = op.Placeholder(s.SubScope("mask"), tf.Float, op.PlaceholderShape(tf.MakeShape(-1, -1)))
	g := objectiveGraph{s.SubScope("loss")}
	value := g.output(o.Build(g, objective.Input{
		Online: objective.Outputs{Projections: l.projections}, Queue: op.Const(s.SubScope("queue"), none),
		NotNegatives: l.pairs, Temperature: temperature,
	}).Value)
	l.fetches = append([]tf.Output{value}, op.Gradients(s, []tf.Output{value}, []tf.Output{l.projections})...)
	graph, err := s.Finalize()
	if err != nil {
		t.Fatal(err)
	}
	if l.session, err = newSession(graph, Runtime{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.session.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l lossGraph) run(t *testing.T, z []float32, notNegatives []bool) (float32, []float32) {
	t.Helper()
	rows := len(z) / l.dim
	mask, err := pairMask("NotNegatives", notNegatives, rows/2)
	if err != nil {
		t.Fatal(err)
	}
	in, err := floatTensor(z, int64(rows), int64(l.dim))
	if err != nil {
		t.Fatal(err)
	}
	out, err := l.session.Run(map[tf.Output]*tf.Tensor{l.projections: in, l.pairs: mask}, l.fetches, nil)
	if err != nil {
		t.Fatal(err)
	}
	var results [2][]float32
	for i, o := range out {
		if results[i], err = floats(o); err != nil {
			t.Fatal(err)
		}
	}
	return results[0][0], results[1]
}
