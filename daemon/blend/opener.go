package blend

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/storage"
)

// Opener opens embedders. Its zero value lets TensorFlow use all cores and the first
// accelerator.
type Opener struct {
	// Device is where TensorFlow runs. Its Threads hold for all runtimes.
	Device model.Runtime

	// Runtime, Precision and Accelerator are what [Opener.Serving] asks for.
	Runtime, Precision, Accelerator string
}

// Configured is the opener of a configuration.
func Configured(cfg config.Config) *Opener {
	m := cfg.Model
	return &Opener{Device: model.Runtime{Threads: m.Threads, Device: m.Device},
		Runtime: m.Runtime, Precision: cfg.Serve.Precision, Accelerator: m.Accelerator}
}

// Serving returns the identity with which a checkpoint is to answer queries.
func (o *Opener) Serving(cp storage.Checkpoint) Identity {
	id := IdentityOf(cp)
	id.Runtime, id.Precision, id.Accelerator = o.Runtime, o.Precision, o.Accelerator
	return id
}

// Open builds the embedder of an identity from its weights. It returns the
// errors of the halves and of the runtime, and its own for an architecture, a
// blend or a runtime that does not exist.
func (o *Opener) Open(id Identity, from Halves) (*Embedder, error) {
	return builtin().open(id, from, o)
}

// OpenCheckpoint builds the embedder of a checkpoint. Id is IdentityOf(cp) or
// Serving(cp), or one of these with another size or blend.
func (o *Opener) OpenCheckpoint(ctx context.Context, st Checkpoints, cp storage.Checkpoint, id Identity) (*Embedder, error) {
	e, err := o.Open(id, HalvesOf(ctx, st, cp))
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", cp.ID, err)
	}
	return e, nil
}

// OpenRoot builds the embedder of a checkpoint's root by TensorFlow. It returns nil
// when the root is gone or is another kind of network.
func (o *Opener) OpenRoot(ctx context.Context, st Checkpoints, cp storage.Checkpoint) (*Embedder, error) {
	if cp.Root == "" { // [Child] found none
		return nil, nil
	}
	root, err := sameKindRoot(st, cp)
	var none *noRootError
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return o.OpenCheckpoint(ctx, st, root, IdentityOf(root))
}
