package learn

import (
	"reflect"
	"testing"

	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
)

// A resumable set holds all that a trainer needs to go on. Otherwise it holds only the
// weights.
func TestFlatten(t *testing.T) {
	a, err := arch.Get("efficientnet_lite0")
	if err != nil {
		t.Fatal(err)
	}
	o, err := objective.Get(objective.Default)
	if err != nil {
		t.Fatal(err)
	}
	head := model.NewHeads(o, a.Features, 2)
	trained := func(value float32) weights.Set {
		return weights.Set{{Name: a.Specs()[0].Name, Shape: []int{2}, Data: []float32{value, 1}},
			{Name: head[1].Name, Shape: []int{1}, Data: []float32{value}}}
	}
	whole := model.State{Encoder: model.Random(a, 1), Head: head,
		Momentum: trained(3), Average: trained(4), Queue: []float32{5, 6}}
	weightsAlone := model.State{Encoder: whole.Encoder, Head: whole.Head}
	for _, tt := range []struct {
		name        string
		state, want model.State
		resumable   bool
	}{
		{"to go on", whole, whole, true},
		{"to go on at the start", weightsAlone, weightsAlone, true},
		{"the weights", whole, weightsAlone, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := unflatten(flatten(tt.state, tt.resumable), a, objective.Default, 9)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("momentum %v, average %v, queue %v; or the weights differ", got.Momentum, got.Average, got.Queue)
			}
		})
	}
}
