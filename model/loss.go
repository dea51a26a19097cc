package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// loss builds a contrastive loss into the graph and gives its one number.
type loss func(s *op.Scope, in lossInput) tf.Output

// lossInput is what a loss compares.
type lossInput struct {
	projections tf.Output // [2N,D]; row i and row N+i are the two views of picture i
	queue       tf.Output // [Q,D], of length 1 or no rows at all: more negatives, without gradient
	penalty     tf.Output // [N,N], or [1,1] for all: taken off the similarities of the views of two pictures
	temperature float64
}

// losses is the registry: one line a loss.
func losses() map[string]loss {
	return map[string]loss{
		"nt_xent": ntXent,
		"dcl":     dcl,
	}
}

func lossByName(name string) (loss, error) {
	if l, ok := losses()[name]; ok {
		return l, nil
	}
	return nil, fmt.Errorf("no loss %q: there are nt_xent and dcl", name)
}
