package weights

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"edgeclr/internal/tensor"
)

// zeros makes a Tensor of zeros.
func zeros(name string, shape ...int) tensor.Tensor {
	n, _ := tensor.Elements(shape)
	return tensor.Tensor{Name: name, Shape: shape, Data: make([]float32, n)}
}

func TestMatch(t *testing.T) {
	want := []Spec{{"conv.weight", []int{4, 3}}, {"bn.bias", []int{4}}}
	counter := func(name string) bool { return strings.HasSuffix(name, "num_batches_tracked") }
	tests := []struct {
		name     string
		set      Set
		optional func(string) bool
		says     string // "" for a match
	}{
		{"exact", Set{zeros("conv.weight", 4, 3), zeros("bn.bias", 4)}, nil, ""},
		{"another order", Set{zeros("bn.bias", 4), zeros("conv.weight", 4, 3)}, nil, ""},
		{"optional", Set{zeros("bn.num_batches_tracked"), zeros("bn.bias", 4), zeros("conv.weight", 4, 3)}, counter, ""},
		{"surplus", Set{zeros("fc.bias", 9), zeros("bn.bias", 4), zeros("conv.weight", 4, 3)}, counter, "1 not part of it (fc.bias)"},
		{"missing", Set{zeros("bn.bias", 4)}, nil, "1 missing (conv.weight)"},
		{"missing is not optional", Set{zeros("bn.bias", 4)}, func(string) bool { return true }, "1 missing (conv.weight)"},
		{"shape", Set{zeros("bn.bias", 8), zeros("conv.weight", 4, 3)}, nil, "bn.bias is [8] and should be [4]"},
		{"variant", Set{zeros("bn.bias", 8), zeros("conv.weight", 8, 3)}, nil, "wider or narrower"},
		{"another architecture", Set{zeros("stem.weight", 8)}, nil, "choose the architecture"},
		{"empty", nil, nil, "2 missing (conv.weight, bn.bias)"},
		{"values do not fill the shape", Set{{Name: "bn.bias", Shape: []int{4}}}, nil, `"bn.bias" of shape [4] has 0 values`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.set.Match(want, tt.optional)
			if tt.says != "" {
				if err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("error %v does not say %q", err, tt.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if names := got.Names(); !slices.Equal(names, []string{"conv.weight", "bn.bias"}) {
				t.Errorf("order %q", names)
			}
		})
	}
}

func TestMismatchErrorIsShort(t *testing.T) {
	var want []Spec
	for i := range 300 {
		want = append(want, Spec{Name: fmt.Sprintf("layer%d.weight", i)})
	}
	_, err := Set{zeros("layer0.weight")}.Match(want, nil)
	mismatch, ok := errors.AsType[*MismatchError](err)
	if !ok || len(mismatch.Missing) != 299 {
		t.Fatalf("error %#v", err)
	}
	if s := err.Error(); !strings.Contains(s, "layer10.weight and 289 more") || len(s) > 400 {
		t.Errorf("message %q", s)
	}
}
