package blend

import (
	"context"
	"errors"

	"edgeclr/camera/rgb"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// Encoder turns pictures into vectors. It is safe for concurrent use.
type Encoder interface {
	// Embed gives one vector of length 1 and of Dim values for each picture.
	// Pictures may have any size.
	Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error)
	// Dim is the number of values of a vector.
	Dim() int
	// Size is the side of the square that the network sees, in pixels.
	Size() int
	// Close waits for running calls of Embed and frees the network.
	Close() error
}

// Identity says what an embedder computes, apart from its weights.
type Identity struct {
	Arch    string // a name that [arch.Get] knows
	Size    int    // side of the square that the network sees, in pixels
	Blend   string // config.BlendNone and its siblings; "" is none
	Runtime string // the library that runs the network; "" is [TensorFlow]
}

// Embedder is the encoder of one identity.
type Embedder struct {
	Encoder
	identity Identity
}

// Identity says what the embedder computes. Blend and Runtime are never "".
func (e *Embedder) Identity() Identity { return e.identity }

// Open builds the embedder of an identity from its weights. It returns the
// errors of the halves and of the runtime, and its own for an architecture, a
// blend or a runtime that does not exist.
func Open(id Identity, from Halves, device model.Runtime) (*Embedder, error) {
	return builtin().open(id, from, device)
}

// registry holds what an identity can name.
type registry struct {
	blends   []blend
	runtimes []runtime
}

func builtin() registry { return registry{blends: blends(), runtimes: runtimes()} }

func (r registry) open(id Identity, from Halves, device model.Runtime) (*Embedder, error) {
	a, err := arch.Get(id.Arch)
	if err != nil {
		return nil, err
	}
	b, err := r.blend(id.Blend)
	if err != nil {
		return nil, err
	}
	run, err := r.runtime(id.Runtime)
	if err != nil {
		return nil, err
	}
	id.Blend, id.Runtime = b.name, run.name
	// Each half is read, copied into its network and let go before the next.
	openHalf := func(read func() (weights.Set, error)) (Encoder, error) {
		set, err := read()
		if err != nil {
			return nil, err
		}
		return run.open(set, a, id.Size, device)
	}
	encoder, err := openHalf(func() (weights.Set, error) { return b.serving(a, from) })
	if err != nil {
		return nil, err
	}
	if b.encoders == 1 {
		return &Embedder{encoder, id}, nil
	}
	pretrained, err := openHalf(from.Pretrained)
	if err != nil {
		return nil, errors.Join(err, encoder.Close())
	}
	return &Embedder{&joined{pretrained: pretrained, adapted: encoder}, id}, nil
}

// Joined tells whether a vector is joined from two: its first half comes from the
// pretrained encoder, and its second half from the adapted one.
func (e *Embedder) Joined() bool {
	_, ok := e.Encoder.(*joined)
	return ok
}
