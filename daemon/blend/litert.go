package blend

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

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
	e, err := newLiteRTEncoder(library, file, options, ownCodec{plan})
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

// ownCodec is the codec of a file that this program writes: bytes in, floats out.
type ownCodec struct{ plan *arch.Plan }

func (c ownCodec) Size() int { return c.plan.Size }

func (c ownCodec) Dim() int { return c.plan.Features }

func (c ownCodec) input(picture *rgb.Image) []byte { return c.plan.EvalSquare(picture).Pix }

func (c ownCodec) vector(output []byte) ([]float32, error) {
	row := floats(output)
	model.MarkBlank(row)
	return row, nil
}

// floats reads the bytes of a float32 tensor.
func floats(data []byte) []float32 {
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.NativeEndian.Uint32(data[4*i:]))
	}
	return values
}
