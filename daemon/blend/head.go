package blend

import (
	"errors"
	"fmt"

	"edgeclr/model/arch"
	"edgeclr/model/objective"
	"edgeclr/model/weights"
)

// ErrNoHead is returned for a checkpoint without a projection head: it was not trained
// here.
var ErrNoHead = errors.New("there is no projection head")

// HeadWeights finds a projection head among the tensors of a checkpoint. It returns the
// head's description, of the objective that made it, and its tensors. It is ErrNoHead
// when no objective of this program has such a head.
func HeadWeights(a *arch.Architecture, set weights.Set) (objective.Head, weights.Set, error) {
	for _, name := range objective.Names() {
		o, err := objective.Get(name)
		if err != nil {
			return objective.Head{}, nil, err
		}
		if found, err := set.Match(o.Projector.Specs(a.Features), func(string) bool { return true }); err == nil {
			return o.Projector, found, nil
		}
	}
	return objective.Head{}, nil, fmt.Errorf("%w among its %d tensors; choose a checkpoint that was trained", ErrNoHead, len(set))
}
