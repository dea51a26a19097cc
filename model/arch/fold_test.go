package arch_test

import (
	"math"
	"strings"
	"testing"

	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
)

// A folded kernel and bias give what convolution and normalisation give one
// after the other.
func TestFold(t *testing.T) {
	a, set := archtest.Tiny(), archtest.Weights(archtest.Tiny())
	for _, n := range a.Nodes {
		if n.Op != arch.ConvBN {
			continue
		}
		kernel, bias, err := a.Fold(n, set)
		if err != nil {
			t.Fatal(err)
		}
		raw := find(t, set, n.Weight).Data
		norm := func(part string, o int) float64 { return float64(find(t, set, n.BatchNorm+part).Data[o]) }
		row := len(raw) / n.Out
		for o := range n.Out {
			var plain, folded float64
			for i := range row {
				x := math.Sin(float64(i + o))
				plain += x * float64(raw[o*row+i])
				folded += x * float64(kernel[o*row+i])
			}
			want := (plain-norm(".running_mean", o))/math.Sqrt(norm(".running_var", o)+float64(a.Epsilon))*norm(".weight", o) +
				norm(".bias", o)
			if got := folded + float64(bias[o]); math.Abs(got-want) > 1e-5 {
				t.Errorf("%s, channel %d: %v, want %v", n.Name, o, got, want)
			}
		}
	}
}

func TestFoldMissing(t *testing.T) {
	a := archtest.Tiny()
	_, _, err := a.Fold(a.Nodes[0], archtest.Weights(a)[:4])
	if err == nil || !strings.Contains(err.Error(), "stem_norm.running_var") {
		t.Errorf("error %v", err)
	}
}

func find(t *testing.T, set weights.Set, name string) tensor.Tensor {
	t.Helper()
	found, ok := set.Find(name)
	if !ok {
		t.Fatalf("no tensor %q", name)
	}
	return found
}
