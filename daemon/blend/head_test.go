package blend

import (
	"errors"
	"testing"

	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
)

// Every objective's projection head is found among the tensors of a checkpoint, and its
// encoder's tensors are not part of it. A checkpoint that was not trained has none.
func TestHeadWeights(t *testing.T) {
	a, err := arch.Get("resnet18")
	if err != nil {
		t.Fatal(err)
	}
	encoder := weights.Set{model.Random(a, 1)[0]}
	for _, name := range objective.Names() {
		o, err := objective.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		set := append(append(weights.Set{}, encoder...), model.NewHeads(o, a.Features, 1)...)
		head, found, err := HeadWeights(a, set)
		if err != nil || len(found) != len(o.Projector.Specs(a.Features)) || head.Width() != o.Projector.Width() {
			t.Errorf("%s: %d tensors of a head with %d values: %v", name, len(found), head.Width(), err)
		}
	}
	if _, _, err := HeadWeights(a, encoder); !errors.Is(err, ErrNoHead) {
		t.Errorf("without a head: error %v", err)
	}
}
