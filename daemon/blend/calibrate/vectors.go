package calibrate

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"edgeclr/camera/rgb"
	"edgeclr/model"
	"edgeclr/tflite/litert"
)

// Runner runs a .tflite file on squares of its size. It is not safe for concurrent use.
type Runner struct {
	network *litert.Network
	outputs [][]byte
	took    []time.Duration // of each picture
}

// Open opens a file. Its input is a picture, and its first output the vector, of any type
// that [tflite.Type] knows.
func Open(library *litert.Library, file []byte, o litert.Options) (*Runner, error) {
	network, err := library.Open(file, o)
	if err != nil {
		return nil, err
	}
	if len(network.Inputs()) != 1 || len(network.Outputs()) == 0 {
		network.Close()
		return nil, fmt.Errorf("the file takes %v and gives %v, and one picture and a vector are expected", network.Inputs(), network.Outputs())
	}
	r := &Runner{network: network}
	for _, t := range network.Outputs() {
		r.outputs = append(r.outputs, make([]byte, t.Bytes))
	}
	return r, nil
}

// Vector computes the vector of a square, of the length that the file gives.
func (r *Runner) Vector(square *rgb.Image) ([]float32, error) {
	input, err := encodePixels(square.Pix, r.network.Inputs()[0].Type)
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := r.network.Run([][]byte{input}, r.outputs); err != nil {
		return nil, err
	}
	r.took = append(r.took, time.Since(begin))
	vector, err := decodeVector(r.outputs[0], r.network.Outputs()[0].Type)
	model.MarkBlank(vector)
	return vector, err
}

// Took is the time for one picture so far, the median; 0 before the first.
func (r *Runner) Took() time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(r.took))
	return sorted[len(sorted)/2]
}

// Close frees the network.
func (r *Runner) Close() error { return r.network.Close() }

// vectors runs a file on squares, one after the other.
func vectors(ctx context.Context, library *litert.Library, file []byte, o litert.Options, squares []*rgb.Image) ([][]float32, error) {
	r, err := Open(library, file, o)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	rows := make([][]float32, len(squares))
	for i, square := range squares {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if rows[i], err = r.Vector(square); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// encodePixels gives pixels, 0 to 255, in the type of an input.
func encodePixels(pixels []byte, as litert.Type) ([]byte, error) {
	switch as {
	case litert.Uint8:
		return pixels, nil
	case litert.Int8:
		shifted := make([]byte, len(pixels))
		for i, p := range pixels {
			shifted[i] = p - 128
		}
		return shifted, nil
	case litert.Float32:
		var floats []byte
		for _, p := range pixels {
			floats = binary.NativeEndian.AppendUint32(floats, math.Float32bits(float32(p)))
		}
		return floats, nil
	}
	return nil, fmt.Errorf("the file takes %v, and pixels are uint8, int8 or float32", as)
}

// decodeVector reads a vector up to its length: 0 is 0, and the scale does not count.
func decodeVector(data []byte, as litert.Type) (vector []float32, err error) {
	switch as {
	case litert.Float32:
		for ; len(data) >= 4; data = data[4:] {
			vector = append(vector, math.Float32frombits(binary.NativeEndian.Uint32(data)))
		}
	case litert.Int8:
		for _, b := range data {
			vector = append(vector, float32(int8(b)))
		}
	case litert.Uint8:
		for _, b := range data {
			vector = append(vector, float32(b)-128)
		}
	default:
		return nil, fmt.Errorf("the file gives %v, and a vector is float32, int8 or uint8", as)
	}
	return vector, nil
}
