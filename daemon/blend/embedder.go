package blend

import (
	"cmp"
	"context"
	"errors"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
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
	Arch   string // a name that [arch.Get] knows
	Size   int    // side of the square that the network sees, in pixels
	Squash bool   // it sees wide pictures as a whole: see [rgb.Square]
	Blend  string // config.BlendNone and its siblings, but not config.BlendAuto; "" is none

	// Share is the weight of the adapted half in the cosine of a join, between 0 and 1:
	// see [storage.Join]. 0 is storage.EvenShare. Other blends have no share.
	Share float64

	// Runtime is the library that runs the network: config.RuntimeTensorFlow and its
	// siblings. "" is TensorFlow.
	Runtime string
	// Precision is that of the arithmetic: config.PrecisionFloat or
	// config.PrecisionInt8. "" is float.
	Precision string
	// Accelerator is what LiteRT computes on: config.AcceleratorCPU and its siblings.
	// "" is the CPU.
	Accelerator string
}

// Embedder is the encoder of one identity.
type Embedder struct {
	Encoder
	identity Identity
	halves   []half
	report   Report
}

// half is one network of an embedder.
type half struct {
	opened
	is storage.Encoder
}

// Identity says what the embedder computes. No name is "", and a join has a Share: Runtime, Precision and
// Accelerator are those that really run.
func (e *Embedder) Identity() Identity { return e.identity }

// Square is what the embedder sees of a picture.
func (e *Embedder) Square() rgb.Square { return e.halves[0].is.Square() }

// squashed gives wide pictures to a network as a whole.
type squashed struct {
	Encoder
	square rgb.Square
}

func (s squashed) Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error) {
	return s.Encoder.Embed(ctx, squares(s.square, pictures))
}

func squares(s rgb.Square, pictures []*rgb.Image) []*rgb.Image {
	list := make([]*rgb.Image, len(pictures))
	for i, p := range pictures {
		list[i] = s.Of(p)
	}
	return list
}

// Encoders names the networks whose vectors make up those of the embedder: one, or two
// for a join, the pretrained one first. CPU float by LiteRT and by TensorFlow is one
// name, since a LiteRT encoder serves only when it agrees with TensorFlow.
func (e *Embedder) Encoders() []storage.Encoder {
	list := make([]storage.Encoder, len(e.halves))
	for i, h := range e.halves {
		list[i] = h.is
	}
	return list
}

// EmbedPart gives the vectors of one of Encoders, each of length 1. The pictures may
// have any size.
func (e *Embedder) EmbedPart(ctx context.Context, part int, pictures []*rgb.Image) ([][]float32, error) {
	return e.halves[part].Embed(ctx, pictures)
}

// Part is one of Encoders. Its Close does nothing: the embedder owns it.
func (e *Embedder) Part(part int) Encoder { return partOf{e.halves[part]} }

// partOf is a half that its embedder closes.
type partOf struct{ Encoder }

func (partOf) Close() error { return nil }

// Joined tells whether a vector is joined from two: its first half comes from the
// pretrained encoder, and its second half from the adapted one.
func (e *Embedder) Joined() bool { return len(e.halves) == 2 }

// Share is the weight of the adapted half in the cosine of joined vectors, between 0 and
// 1. It is 0 when the vectors are not joined.
func (e *Embedder) Share() float64 { return e.identity.Share }

// Join makes the vector of a picture out of those by each of Encoders.
func (e *Embedder) Join(halves [][]float32) []float32 {
	if len(halves) == 1 {
		return halves[0]
	}
	return storage.Join(halves[0], halves[1], e.identity.Share)
}

// registry holds what an identity can name.
type registry struct {
	blends   []blend
	runtimes []runtime
}

func builtin() registry { return registry{blends: blends(), runtimes: runtimes()} }

// open builds the embedder of an identity from its weights, by the first attempt that
// works.
func (r registry) open(ctx context.Context, id Identity, from Halves, o *Opener) (*Embedder, error) {
	id.Precision, id.Accelerator = cmp.Or(id.Precision, config.PrecisionFloat), cmp.Or(id.Accelerator, config.AcceleratorCPU)
	a, err := arch.Get(id.Arch)
	if err != nil {
		return nil, err
	}
	b, err := r.blend(id.Blend)
	if err != nil {
		return nil, err
	}
	id.Blend = b.name
	if id.Share, err = b.share(id.Share); err != nil {
		return nil, err
	}
	attempts, err := r.attempts(id)
	if err != nil {
		return nil, err
	}
	var failed error // why the wish cannot be fulfilled
	for i, by := range attempts {
		e, err := r.openBy(ctx, by, id, a, b, from, o)
		var cannot *RuntimeError
		switch {
		case err == nil && failed != nil:
			e.report.Instead = failed.Error()
			o.tell(e.report)
			return e, nil
		case err == nil:
			o.asked(id)
			return e, nil
		case i == len(attempts)-1 || !errors.As(err, &cannot) || ctx.Err() != nil:
			return nil, err
		case failed == nil:
			failed = err
		}
	}
	return nil, failed // not reached: the last attempt returns
}

// openBy opens the networks of an embedder by one attempt. Each half is read, copied into
// its network and let go before the next.
func (r registry) openBy(ctx context.Context, by attempt, id Identity, a *arch.Architecture, b blend, from Halves, o *Opener) (*Embedder, error) {
	openHalf := func(read func() (weights.Set, error)) (half, error) {
		set, err := EncoderWeights(a, read)
		if err != nil {
			return half{}, err
		}
		h := half{is: storage.Encoder{Weights: WeightsHash(set), Size: id.Size, Squash: id.Squash}}
		if h.opened, err = by.runtime.open(ctx, o, network{set: set, arch: a, size: id.Size, precision: by.precision, accelerator: by.accelerator}); err != nil {
			return half{}, err
		}
		if h.ranges != nil {
			h.is.Weights = int8Hash(h.is.Weights, h.ranges)
		}
		h.is.Precision, h.is.Accelerator, h.is.Dim = precisionOf(h.report), h.report.Accelerator, h.Dim()
		if id.Squash {
			h.Encoder = squashed{h.Encoder, h.is.Square()}
		}
		return h, nil
	}
	serving, err := openHalf(func() (weights.Set, error) { return b.serving(a, from) })
	if err != nil {
		return nil, err
	}
	e := &Embedder{Encoder: serving, identity: id, halves: []half{serving}, report: serving.report}
	if b.encoders == 2 {
		pretrained, err := openHalf(from.Pretrained)
		if err != nil {
			return nil, errors.Join(err, serving.Close())
		}
		e.Encoder, e.halves = &joined{pretrained: pretrained, adapted: serving, share: id.Share, square: serving.is.Square()}, []half{pretrained, serving}
		if c := pretrained.report.Check; c != nil && e.report.Check != nil && c.Worst < e.report.Check.Worst {
			e.report.Check = c
		}
	}
	e.identity.Runtime, e.identity.Precision, e.identity.Accelerator = e.report.Runtime, e.report.Precision, e.report.Accelerator
	return e, nil
}

// precisionOf is the precision that a vector's key names. A GPU computes float at half
// precision.
func precisionOf(r Report) string {
	switch {
	case r.Precision == config.PrecisionInt8:
		return storage.PrecisionInt8
	case r.Accelerator == config.AcceleratorCPU:
		return storage.PrecisionFloat
	}
	return storage.PrecisionHalf
}
