package blend

import (
	"context"
	"fmt"
	"sync"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/storage"
	"edgeclr/tflite/litert"
)

// Opener opens embedders. Its zero value opens them by TensorFlow, on all cores and the
// first accelerator, unless an identity says otherwise. It is safe for concurrent use
// once its fields are set.
type Opener struct {
	// Device is where TensorFlow runs. Its Threads hold for all runtimes.
	Device model.Runtime
	// Library is the path of LiteRT. "": where litert.Load looks.
	Library string

	// Runtime, Precision and Accelerator are what [Opener.Serving] asks for.
	Runtime, Precision, Accelerator string

	// Pictures gives up to n pictures that are held back from learning. A LiteRT
	// encoder is compared with TensorFlow on them. Nil or too few: rendered scenes.
	Pictures PictureSource
	// Calibration gives up to n squares of size pixels, as they are stored in time, that
	// int8 is calibrated on. Nil or too few: the encoder computes in float.
	Calibration func(ctx context.Context, n, size int) []*rgb.Image
	// States keeps the results of these comparisons, and the int8 ranges. Nil: each is
	// made again.
	States States
	// Publish is told when something else runs than was asked for, once for each
	// reason. Nil: nobody.
	Publish func(storage.Event)

	// These are for tests.
	checkTimeout time.Duration                                    // of the child process; 0: its default
	encode       func(plan *arch.Plan, n network) ([]byte, error) // writes the .tflite file; nil: encode

	keeping sync.Mutex // held while a list of States is changed

	mu      sync.Mutex
	library *litert.Library
	told    string // the last text that was published
}

// Configured is the opener of a configuration.
func Configured(cfg config.Config) *Opener {
	m := cfg.Model
	return &Opener{Device: model.Runtime{Threads: m.Threads, Device: m.Device},
		Runtime: m.Runtime, Precision: cfg.Serve.Precision, Accelerator: m.Accelerator}
}

// Serving returns the identity with which a checkpoint is to answer queries. It never
// insists on LiteRT: an encoder that fails its check is served by TensorFlow, also after
// a restart.
func (o *Opener) Serving(cp storage.Checkpoint) Identity {
	id := IdentityOf(cp)
	id.Runtime, id.Precision, id.Accelerator = o.Runtime, o.Precision, o.Accelerator
	if id.Runtime == config.RuntimeLiteRT {
		id.Runtime = config.RuntimeAuto
	}
	return id
}

// Open builds the embedder of an identity from its weights. Errors: those of the
// halves; a *RuntimeError when the named runtime cannot run the network; and its own for
// an architecture, a blend or a runtime that does not exist. With config.RuntimeAuto, a
// runtime that cannot run the network is not an error: Publish is told, and the next one
// is tried.
func (o *Opener) Open(ctx context.Context, id Identity, from Halves) (*Embedder, error) {
	return builtin().open(ctx, id, from, o)
}

// OpenCheckpoint builds the embedder of a checkpoint. Id is IdentityOf(cp) or
// Serving(cp), or one of these with another size or blend.
func (o *Opener) OpenCheckpoint(ctx context.Context, st Checkpoints, cp storage.Checkpoint, id Identity) (*Embedder, error) {
	open := func() (*Embedder, error) { return o.Open(ctx, id, HalvesOf(ctx, st, cp)) }
	if cp.Kind == storage.CheckpointFile {
		open = func() (*Embedder, error) { return o.openFile(ctx, st, cp, id) }
	}
	e, err := open()
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", cp.ID, err)
	}
	return e, nil
}

// OpenRoot builds the embedder of a checkpoint's root by TensorFlow, for pictures of the
// size with which the checkpoint serves. It returns nil when the root is gone or is
// another kind of network.
func (o *Opener) OpenRoot(ctx context.Context, st Checkpoints, cp storage.Checkpoint) (*Embedder, error) {
	if cp.Root == "" { // [Child] found none
		return nil, nil
	}
	root, err := LivingRoot(st, cp)
	if root == nil || err != nil {
		return nil, err
	}
	id := IdentityOf(*root)
	id.Size = cp.Size
	return o.OpenCheckpoint(ctx, st, *root, id)
}

// LoadLiteRT loads the LiteRT library. The error says what mends it.
func (o *Opener) LoadLiteRT() error {
	_, err := o.liteRT()
	return err
}

// liteRT returns the library, which is loaded once and stays. A library that does not
// load is tried again: somebody may have installed it.
func (o *Opener) liteRT() (*litert.Library, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.library == nil {
		library, err := litert.Load(o.Library)
		if err != nil {
			return nil, err
		}
		o.library = library
	}
	return o.library, nil
}

// asked notes that what was asked for runs again. The next thing else is published, also
// for the reason that was told last.
func (o *Opener) asked(id Identity) {
	if id.Runtime == config.RuntimeAuto {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.told = ""
	}
}

// tell publishes why something else runs than was asked for, unless it said so last.
func (o *Opener) tell(r Report) {
	text := fmt.Sprintf("%s (%s, %s) computes the vectors: %s", runtimeTitle(r.Runtime), r.Precision, r.Accelerator, r.Instead)
	o.mu.Lock()
	again := text == o.told
	o.told = text
	o.mu.Unlock()
	if again || o.Publish == nil {
		return
	}
	o.Publish(storage.Event{Kind: storage.EventRuntime, Text: text, Data: map[string]any{
		"runtime": r.Runtime, "precision": r.Precision, "accelerator": r.Accelerator, "reason": r.Instead}})
}
