package arch

import (
	"errors"
	"strings"
	"testing"
)

// TestMultiplyAdds holds the count against the published ones at 224 px: 1.814
// billion for ResNet-18 with its classifier of half a million, and 0.4 billion
// for EfficientNet-Lite0.
func TestMultiplyAdds(t *testing.T) {
	for name, want := range map[string]int64{"resnet18": 1_813_561_344, "efficientnet_lite0": 383_907_552} {
		a, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := NewPlan(a, 224)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.MultiplyAdds(); got != want {
			t.Errorf("%s: %d multiply-adds, want %d", name, got, want)
		}
	}
}

// A size at which a map would have no pixel is an error, and so is a mistake in the
// architecture.
func TestNewPlanErrors(t *testing.T) {
	change := func(f func(a *Architecture)) *Architecture {
		a := newcomer()
		f(a)
		return a
	}
	sum := func(a *Architecture) { // adds the output of the first pool to its own input
		a.Nodes[1] = Node{Name: "pool", Op: MaxPool, In: 8, Out: 8, Kernel: 2, Stride: 2, Padding: SamePadding}
		a.Nodes[2] = Node{Name: "sum", Op: Add, Inputs: []string{"features.0", "pool"}, In: 8, Out: 8}
		a.Nodes[3] = Node{Name: "mean", Op: GlobalMean, In: 8, Out: 8}
		a.Nodes, a.Features = a.Nodes[:4], 8
	}
	tests := []struct {
		name string
		arch *Architecture
		size int
		want string
		is   error
	}{
		{"no pixel", newcomer(), 0, "newcomer cannot take pictures of 0 px", ErrSize},
		{"negative", newcomer(), -3, "newcomer cannot take pictures of -3 px", ErrSize},
		{"too large", newcomer(), 1 << 20, "choose 1 to 16384", ErrSize},
		{"a window too large", change(func(a *Architecture) { a.Nodes[0].Padding = 0 }), 2,
			`node "features.0": a window of 3 px is larger than its input of 2x2x3`, ErrSize},
		{"maps of two sizes", change(sum), 32, `node "sum" adds maps of 32x32x8 and 16x16x8`, ErrSize},
		{"no nodes", &Architecture{Name: "none"}, 32, "architecture none has no nodes", nil},
		{"the same name", change(func(a *Architecture) { a.Nodes[2].Name = "features.0" }), 32, `node "features.0" is there twice`, nil},
		{"a later node", change(func(a *Architecture) { a.Nodes[0].Inputs = []string{"mean"} }), 32, `reads "mean", which is not before it`, nil},
		{"other channels", change(func(a *Architecture) { a.Nodes[2].In = 4 }), 32, `reads 8 channels from "features.0.pool" and says 4`, nil},
		{"an unknown operation", change(func(a *Architecture) { a.Nodes[0].Op = 9 }), 32, "has operation 9, which is not known", nil},
		{"two inputs", change(func(a *Architecture) { a.Nodes[1].Inputs = []string{"features.0", "features.0"} }), 32,
			"reads 2 nodes and should read 1", nil},
		{"no stride", change(func(a *Architecture) { a.Nodes[0].Stride = 0 }), 32, "has kernel 3, stride 0 and padding 1", nil},
		{"a pool that changes channels", change(func(a *Architecture) { a.Nodes[1].Out = 9 }), 32, "changes the channels from 8 to 9", nil},
		{"a padded pool of negative values", change(func(a *Architecture) { a.Nodes[0].Activation = Linear }), 32,
			`pads "features.0" with zeros, which can be negative`, nil},
		{"no mean", change(func(a *Architecture) { a.Nodes = a.Nodes[:6] }), 32, `the last node is "features.2.pool"`, nil},
		{"other features", change(func(a *Architecture) { a.Features = 31 }), 32, "ends with 32 features and says 31", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewPlan(tt.arch, tt.size)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			if errors.Is(err, ErrSize) != (tt.is != nil) {
				t.Errorf("error %v: it is ErrSize: %v", err, errors.Is(err, ErrSize))
			}
		})
	}
}

// The padding of a pool goes to the node that it reads, unless another node reads
// that one too.
func TestPoolMargin(t *testing.T) {
	a, err := Get("resnet18")
	if err != nil {
		t.Fatal(err)
	}
	around := Padding{1, 1, 1, 1}
	plan, err := NewPlan(a, 64)
	if err != nil {
		t.Fatal(err)
	}
	if conv, pool := plan.Steps[0], plan.Steps[1]; conv.Margin != around || pool.Pad != (Padding{}) || conv.PaddedOutput() != pool.Input {
		t.Errorf("margin %v of %v, then padding %v of %v", conv.Margin, conv.Output, pool.Pad, pool.Input)
	}
	a.Nodes[1].Stride = 1 // so that shapes agree
	a.Nodes = append(a.Nodes[:2:2], Node{Name: "sum", Op: Add, Inputs: []string{"conv1", "maxpool"}, In: 64, Out: 64},
		Node{Name: "mean", Op: GlobalMean, In: 64, Out: 64})
	a.Features = 64
	if plan, err = NewPlan(a, 64); err != nil {
		t.Fatal(err)
	}
	if conv, pool := plan.Steps[0], plan.Steps[1]; conv.Margin != (Padding{}) || pool.Pad != around {
		t.Errorf("two readers: margin %v, padding %v", conv.Margin, pool.Pad)
	}
}
