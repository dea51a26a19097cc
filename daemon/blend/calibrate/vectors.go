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

// Ran is what a .tflite file gave.
type Ran struct {
	Vectors [][]float32   // of each picture, of the length that the file gives
	Took    time.Duration // for one picture, the median
}

// Vectors runs a .tflite file on squares of its size, one after the other. Its input is a
// picture, and its first output the vector, of any type that [tflite.Type] knows.
func Vectors(ctx context.Context, library *litert.Library, file []byte, o litert.Options, squares []*rgb.Image) (Ran, error) {
	network, err := library.Open(file, o)
	if err != nil {
		return Ran{}, err
	}
	defer network.Close()
	if len(network.Inputs()) != 1 || len(network.Outputs()) == 0 {
		return Ran{}, fmt.Errorf("the file takes %v and gives %v, and one picture and a vector are expected", network.Inputs(), network.Outputs())
	}
	outputs := make([][]byte, len(network.Outputs()))
	for i, t := range network.Outputs() {
		outputs[i] = make([]byte, t.Bytes)
	}
	ran := Ran{Vectors: make([][]float32, len(squares))}
	took := make([]time.Duration, len(squares))
	for i, square := range squares {
		if err := ctx.Err(); err != nil {
			return Ran{}, err
		}
		input, err := encodePixels(square.Pix, network.Inputs()[0].Type)
		if err != nil {
			return Ran{}, err
		}
		begin := time.Now()
		if err := network.Run([][]byte{input}, outputs); err != nil {
			return Ran{}, err
		}
		took[i] = time.Since(begin)
		if ran.Vectors[i], err = decodeVector(outputs[0], network.Outputs()[0].Type); err != nil {
			return Ran{}, err
		}
		model.MarkBlank(ran.Vectors[i])
	}
	if len(took) > 0 {
		slices.Sort(took)
		ran.Took = took[len(took)/2]
	}
	return ran, nil
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
