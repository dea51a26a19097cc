package blend

import (
	"context"
	"fmt"
	"sync"

	"edgeclr/camera/rgb"
	"edgeclr/model"
	"edgeclr/tflite/litert"
)

// codec says what the bytes of a file's input and output mean.
type codec interface {
	// Size is the side of the square that the file sees, in pixels.
	Size() int
	// Dim is the number of values of its vector.
	Dim() int
	// input makes the bytes of the input from a picture of any size.
	input(picture *rgb.Image) []byte
	// vector reads the bytes of the output, as a vector of length 1.
	vector(output []byte) ([]float32, error)
}

// liteRTEncoder is a network that LiteRT runs. One picture is computed at a time, by all
// threads. A query beside a batch of the ingest waits for a picture or two, not for the
// batch: Go gives a mutex to who waits longest. Two networks with half of the threads each
// answered a query a third sooner, but held the weights twice and embedded a third fewer
// pictures (BenchmarkQueryBesideIngest).
type liteRTEncoder struct {
	codec

	mu      sync.Mutex
	network *litert.Network // nil: closed
	outputs [][]byte        // of a run
}

// newLiteRTEncoder opens a file. The library must see it as its codec does.
func newLiteRTEncoder(library *litert.Library, file []byte, options litert.Options, c codec) (*liteRTEncoder, error) {
	network, err := library.Open(file, options)
	if err != nil {
		return nil, err
	}
	e := &liteRTEncoder{codec: c, network: network}
	for _, t := range network.Outputs() {
		e.outputs = append(e.outputs, make([]byte, t.Bytes))
	}
	// What the codec makes of no picture at all has the right size, and so must its vector.
	in, square := network.Inputs(), c.input(rgb.New(c.Size(), c.Size()))
	fits := len(in) == 1 && in[0].Bytes == len(square) && len(e.outputs) > 0
	if fits {
		row, err := c.vector(e.outputs[0])
		fits = err == nil && len(row) == c.Dim()
	}
	if !fits {
		network.Close()
		return nil, fmt.Errorf("LiteRT takes %v and gives %v, which is not one picture of %d px and a vector of %d values",
			in, network.Outputs(), c.Size(), c.Dim())
	}
	return e, nil
}

// Embed computes one picture after the other.
func (e *liteRTEncoder) Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error) {
	rows := make([][]float32, len(pictures))
	for i, p := range pictures {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if rows[i], err = e.embed(e.input(p)); err != nil {
			return nil, fmt.Errorf("embedding picture %d of %d by LiteRT: %w", i+1, len(pictures), err)
		}
	}
	return rows, nil
}

// embed computes the vector of one input.
func (e *liteRTEncoder) embed(input []byte) ([]float32, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.network == nil {
		return nil, model.ErrClosed
	}
	if err := e.network.Run([][]byte{input}, e.outputs); err != nil {
		return nil, err
	}
	return e.vector(e.outputs[0])
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
