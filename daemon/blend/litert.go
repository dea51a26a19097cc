package blend

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/tflite"
	"edgeclr/tflite/litert"
)

// openLiteRT runs a network by LiteRT: it writes the network as a .tflite file in
// memory, compares the file's vectors with TensorFlow's unless that is done already, and
// opens it.
func openLiteRT(ctx context.Context, o *Opener, n network) (opened, error) {
	fail := func(err error) (opened, error) {
		return opened{}, &RuntimeError{config.RuntimeLiteRT, n.precision, n.accelerator, err}
	}
	library, err := o.liteRT()
	if err != nil {
		return fail(err)
	}
	options := litert.Options{Threads: o.Device.Threads}
	if options.Accelerator, err = litert.ParseAccelerator(n.accelerator); err != nil {
		return fail(err)
	}
	plan, err := arch.NewPlan(n.arch, n.size)
	if err != nil {
		return opened{}, err
	}
	if n.ranges, err = o.ranges(ctx, n); err != nil {
		return fail(err)
	}
	write := encode
	if o.encode != nil {
		write = o.encode
	}
	file, err := write(plan, n)
	if err != nil {
		return fail(err)
	}
	verdict, err := o.checked(ctx, n, file, options, library.Version())
	if err != nil {
		return fail(err)
	}
	if options.Accelerator, err = litert.ParseAccelerator(verdict.Accelerator); err != nil { // auto is decided by now
		return fail(err)
	}
	e, err := newLiteRTEncoder(library, file, options, plan)
	if err != nil {
		return fail(err)
	}
	return opened{Encoder: e, ranges: n.ranges, report: Report{Runtime: config.RuntimeLiteRT, Library: library.Version(), Precision: n.precision,
		Accelerator: e.network.Ran().String(), Threads: o.Device.Threads, Check: &verdict}}, nil
}

// encode writes a network as a .tflite file: pixels 0 to 255 in, the vector out.
func encode(plan *arch.Plan, n network) ([]byte, error) {
	file, err := tflite.Model{Plan: plan, Encoders: []weights.Set{n.set}, Ranges: n.ranges, Input: tflite.Uint8, Output: tflite.Float32}.Encode()
	if err != nil {
		return nil, fmt.Errorf("writing the encoder as a .tflite file: %w", err)
	}
	return file, nil
}

// liteRTEncoder is a network that LiteRT runs. One picture is computed at a time, by all
// threads. A query beside a batch of the ingest waits for a picture or two, not for the
// batch: Go gives a mutex to who waits longest. Two networks with half of the threads each
// answered a query a third sooner, but held the weights twice and embedded a third fewer
// pictures (BenchmarkQueryBesideIngest).
type liteRTEncoder struct {
	plan *arch.Plan

	mu      sync.Mutex
	network *litert.Network // nil: closed
	outputs [][]byte        // of a run
}

func newLiteRTEncoder(library *litert.Library, file []byte, options litert.Options, plan *arch.Plan) (*liteRTEncoder, error) {
	network, err := library.Open(file, options)
	if err != nil {
		return nil, err
	}
	e := &liteRTEncoder{plan: plan, network: network}
	for _, t := range network.Outputs() {
		e.outputs = append(e.outputs, make([]byte, t.Bytes))
	}
	if in := network.Inputs(); len(in) != 1 || in[0].Bytes != 3*plan.Size*plan.Size || len(e.outputs[0]) != 4*plan.Features {
		network.Close()
		return nil, fmt.Errorf("the file takes %v and gives %v, which is not one picture of %d px and a vector of %d values",
			in, network.Outputs(), plan.Size, plan.Features)
	}
	return e, nil
}

func (e *liteRTEncoder) Dim() int { return e.plan.Features }

func (e *liteRTEncoder) Size() int { return e.plan.Size }

// Embed computes one picture after the other.
func (e *liteRTEncoder) Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error) {
	rows := make([][]float32, len(pictures))
	for i, p := range pictures {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row, err := e.embed(e.plan.EvalSquare(p).Pix)
		if err != nil {
			return nil, fmt.Errorf("embedding picture %d of %d with %s: %w", i+1, len(pictures), e.plan.Arch.Name, err)
		}
		model.MarkBlank(row)
		rows[i] = row
	}
	return rows, nil
}

// embed computes the vector of one square.
func (e *liteRTEncoder) embed(pixels []byte) ([]float32, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.network == nil {
		return nil, model.ErrClosed
	}
	if err := e.network.Run([][]byte{pixels}, e.outputs); err != nil {
		return nil, err
	}
	return floats(e.outputs[0]), nil
}

// Close waits for the current picture and frees the network.
func (e *liteRTEncoder) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.network == nil {
		return nil
	}
	network := e.network
	e.network = nil
	return network.Close()
}

// floats reads the bytes of a float32 tensor.
func floats(data []byte) []float32 {
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.NativeEndian.Uint32(data[4*i:]))
	}
	return values
}
