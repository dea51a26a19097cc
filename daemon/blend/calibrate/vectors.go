package calibrate

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"edgeclr/camera/rgb"
	"edgeclr/model"
	"edgeclr/tflite/litert"
)

// Vectors runs a .tflite file on squares of its size, one after the other. The file takes
// pixels as uint8 and gives a float32 vector first.
func Vectors(ctx context.Context, library *litert.Library, file []byte, o litert.Options, squares []*rgb.Image) ([][]float32, error) {
	network, err := library.Open(file, o)
	if err != nil {
		return nil, err
	}
	defer network.Close()
	outputs := make([][]byte, len(network.Outputs()))
	for i, t := range network.Outputs() {
		outputs[i] = make([]byte, t.Bytes)
	}
	if len(outputs) == 0 || network.Outputs()[0].Type != litert.Float32 {
		return nil, fmt.Errorf("the file gives %v, and a float32 vector is expected", network.Outputs())
	}
	rows := make([][]float32, len(squares))
	for i, square := range squares {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := network.Run([][]byte{square.Pix}, outputs); err != nil {
			return nil, err
		}
		rows[i] = make([]float32, len(outputs[0])/4)
		for k := range rows[i] {
			rows[i][k] = math.Float32frombits(binary.NativeEndian.Uint32(outputs[0][4*k:]))
		}
		model.MarkBlank(rows[i])
	}
	return rows, nil
}
