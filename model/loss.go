package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// loss builds a contrastive loss into the graph: projections [2N,D], of which
// row i and row N+i are the two views of picture i, to one number.
type loss func(s *op.Scope, projections tf.Output, temperature float64) tf.Output

// losses is the registry: one line a loss.
func losses() map[string]loss {
	return map[string]loss{
		"nt_xent": ntXent,
	}
}

func lossByName(name string) (loss, error) {
	if l, ok := losses()[name]; ok {
		return l, nil
	}
	return nil, fmt.Errorf("no loss %q: there is nt_xent", name)
}
