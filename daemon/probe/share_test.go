package probe

import (
	"errors"
	"math"
	"testing"

	"edgeclr/search"
)

// The share follows what each encoder knows. The two have their signal in directions of
// their own, since a join concatenates them.
func TestChooseShare(t *testing.T) {
	good, blind := seen{background: 10, directions: 12, signal: 1, noise: 0.4}, seen{background: 10, directions: 1, signal: 1, noise: 2}
	small := seen{background: 100, directions: 12, signal: 0.01, noise: 0.004} // as good, with small distances
	collapsed := seen{background: 10}
	rule := DefaultRule()
	only := rule
	only.ShareLeast, only.ShareMost = 0.5, 0.5
	for _, c := range []struct {
		name          string
		root, adapted seen
		n             int
		rule          Rule
		least, most   float64
	}{
		{"both know as much", good, good, 100, rule, 0.35, 0.65},
		{"the root is blind", blind, good, 100, rule, 0.85, 1},
		{"the adapted encoder is blind", good, blind, 100, rule, 0.05, 0.4},
		{"the adapted encoder has small distances", good, small, 100, rule, 0.99, 0.999},
		{"the root has small distances", small, good, 100, rule, 0.001, 0.01},
		{"no choice", good, good, 100, only, 0.4, 0.6},
		{"the root has collapsed", collapsed, good, 100, rule, 0.5, 0.5},
		{"the adapted encoder has collapsed", good, collapsed, 100, rule, 0.5, 0.5},
		{"few pictures", blind, good, 29, rule, 0.5, 0.5},
	} {
		share, err := ChooseShare(t.Context(), c.root.vectors(3, c.n, 2), c.adapted.vectors(4, c.n, 2), c.rule)
		if err != nil || share < c.least || share > c.most {
			t.Errorf("%s: %v, %v, want %v to %v", c.name, share, err, c.least, c.most)
		}
	}
}

func TestChooseShareErrors(t *testing.T) {
	good := seen{background: 10, directions: 3, signal: 1, noise: 1}.vectors(4, 40, 2)
	bad := seen{background: 10, directions: 3, signal: 1, noise: 1}.vectors(4, 40, 2)
	bad.Views[7][0] = float32(math.NaN())
	if _, err := ChooseShare(t.Context(), good, bad, DefaultRule()); !errors.Is(err, search.ErrNotFinite) {
		t.Error(err)
	}
	bad.Views = bad.Views[1:]
	if _, err := ChooseShare(t.Context(), good, bad, DefaultRule()); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

// The information of a join is that of the joined vectors.
func TestInformationOfAJoin(t *testing.T) {
	a, b := seen{10, 12, 1, 0.4}.vectors(5, 60, 2), seen{3, 5, 1, 0.7}.vectors(6, 60, 2)
	const share = 0.3
	join := func(a, b [][]float32) (rows [][]float32) {
		for i := range a {
			var row []float32
			for _, x := range unit(a[i]) {
				row = append(row, float32(math.Sqrt(1-share)*x))
			}
			for _, x := range unit(b[i]) {
				row = append(row, float32(math.Sqrt(share)*x))
			}
			rows = append(rows, row)
		}
		return rows
	}
	want := Vectors{join(a.Images, b.Images), join(a.Views, b.Views)}.information(t)
	pa, err := a.products(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pb, err := b.products(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := pa.join(pb, share).information(); math.Abs(got-want) > 1e-3*want {
		t.Errorf("%v nats, and of the joined vectors %v", got, want)
	}
}
