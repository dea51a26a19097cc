package model

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"

	"edgeclr/camera/rgb"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

// EncoderOptions describe the encoder to build.
type EncoderOptions struct {
	Arch    *arch.Architecture
	Size    int // side of the square that the network sees, in pixels
	Runtime Runtime
}

// Encoder turns pictures into vectors. Its weights are fixed. It is safe for concurrent
// use.
type Encoder struct {
	plan     *arch.Plan
	images   tf.Output
	features tf.Output
	vectors  tf.Output
	steps    []observed // what Observe gives

	mu      sync.RWMutex // held for reading while the session runs
	session *tf.Session
}

// embedBatch is the largest number of pictures in one run, which bounds its memory: 32
// pictures of 224 px take about 300 MB in ResNet-18.
const embedBatch = 32

// NewEncoder builds the inference graph and loads the weights. The set must hold the
// tensors of opt.Arch.Specs. Other tensors are ignored. Errors:
// [ErrMissing] without TensorFlow, *weights.MismatchError for a tensor that is missing or has another shape,
// ErrDiverged for a value that is not finite, and ErrShape for a size that does not
// work.
func NewEncoder(set weights.Set, opt EncoderOptions) (*Encoder, error) {
	plan, err := newPlan(opt.Arch, opt.Size)
	if err != nil {
		return nil, err
	}
	if err := checkSet(opt.Arch, set); err != nil {
		return nil, err
	}
	s, err := newScope()
	if err != nil {
		return nil, err
	}
	e := &Encoder{plan: plan}
	e.images = imagePlaceholder(s, plan)
	folded := &folding{arch: opt.Arch, set: set}
	nodes := lower(s, plan, e.images, folded.convolution)
	e.features, e.steps = features(nodes), observedSteps(nodes)
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("building the graph of %s: %w", opt.Arch.Name, err)
	}
	e.vectors = l2Normalize(s, e.features)
	graph, err := s.Finalize()
	if err != nil {
		return nil, fmt.Errorf("building the graph of %s: %w", opt.Arch.Name, err)
	}
	if e.session, err = newSession(graph, opt.Runtime); err != nil {
		return nil, err
	}
	if err := folded.load(e.session); err != nil {
		return nil, errors.Join(err, e.session.Close())
	}
	returnMemory() // the tensors that brought the weights in
	return e, nil
}

// Dim returns the length of a vector.
func (e *Encoder) Dim() int { return e.plan.Features }

// Size returns the side of the square that the network sees, in pixels.
func (e *Encoder) Size() int { return e.plan.Size }

// Arch returns the architecture's name.
func (e *Encoder) Arch() string { return e.plan.Arch.Name }

// Embed returns one L2-normalised vector of length Dim for each picture. Pictures can
// have any size: see [arch.Plan.EvalSquare]. A picture in which the encoder finds
// nothing gets the vector of [MarkBlank].
func (e *Encoder) Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error) {
	rows, err := e.run(ctx, pictures, e.vectors)
	for _, row := range rows {
		MarkBlank(row)
	}
	return rows, err
}

// Features returns the encoder's output, which is Embed without the normalisation.
func (e *Encoder) Features(ctx context.Context, pictures []*rgb.Image) ([][]float32, error) {
	return e.run(ctx, pictures, e.features)
}

// run computes an output for pictures of any size, at most embedBatch at a time.
func (e *Encoder) run(ctx context.Context, pictures []*rgb.Image, fetch tf.Output) ([][]float32, error) {
	rows := make([][]float32, 0, len(pictures))
	pixels := make([]uint8, 0, min(len(pictures), embedBatch)*e.plan.Input.Values())
	for start := 0; start < len(pictures); start += embedBatch {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		batch := pictures[start:min(start+embedBatch, len(pictures))]
		pixels = pixels[:0]
		for _, p := range batch {
			pixels = append(pixels, e.plan.EvalSquare(p).Pix...)
		}
		values, err := e.forward(pixels, len(batch), fetch)
		if err != nil {
			return nil, err
		}
		dim := e.Dim()
		for i := range batch {
			rows = append(rows, values[i*dim:(i+1)*dim:(i+1)*dim])
		}
	}
	return rows, nil
}

// forward computes an output for n pictures of the encoder's size.
func (e *Encoder) forward(pixels []uint8, n int, fetch tf.Output) ([]float32, error) {
	out, err := e.compute(pixels, n, fetch)
	if err != nil {
		return nil, err
	}
	return floats(out[0])
}

// compute runs the session for n pictures of the encoder's size.
func (e *Encoder) compute(pixels []uint8, n int, fetches ...tf.Output) ([]*tf.Tensor, error) {
	in, err := imageTensor(pixels, n, e.plan.Size)
	if err != nil {
		return nil, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.session == nil {
		return nil, ErrClosed
	}
	out, err := e.session.Run(map[tf.Output]*tf.Tensor{e.images: in}, fetches, nil)
	if err != nil {
		return nil, fmt.Errorf("embedding %d images with %s: %w", n, e.plan.Arch.Name, err)
	}
	return out, nil
}

// Close waits for running calls and frees the session. Its memory goes back to the
// system.
func (e *Encoder) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.session == nil {
		return nil
	}
	session := e.session
	e.session = nil
	defer returnMemory()
	return session.Close()
}

// checkSet returns an error if tensors of the architecture are missing, have another
// shape, or are not finite. A ReLU or maximum can hide a NaN, and then the vectors
// would be wrong without an error.
func checkSet(a *arch.Architecture, set weights.Set) error {
	matched, err := set.Match(a.Specs(), func(string) bool { return true })
	if err != nil {
		return fmt.Errorf("weights for %s: %w", a.Name, err)
	}
	for _, t := range matched {
		if err := checkFinite(t); err != nil {
			return fmt.Errorf("weights for %s: %w", a.Name, err)
		}
	}
	return nil
}

// MarkBlank gives a vector of zeros a direction, in place. The encoder finds
// nothing in some pictures (plain grey, one pixel). Behind the last ReLU their
// vector is zero, which has no direction and so no cosine. They get the vector
// whose values are all equal and negative. Such pictures are then alike among
// themselves (cosine 1) and unlike all others, whose values are 0 or more (cosine
// below 0).
func MarkBlank(vector []float32) {
	for _, v := range vector {
		if v != 0 {
			return
		}
	}
	value := float32(-1 / math.Sqrt(float64(len(vector))))
	for i := range vector {
		vector[i] = value
	}
}
