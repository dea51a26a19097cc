package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"edgeclr/camera/decode"
	"edgeclr/model"
	"edgeclr/tflite/litert"
)

// computes FILE.tflite VECTORS compares what LiteRT computes by the file with the lines of
// path and vector that `edgeclr embed --print` wrote. It skips the script if there is no
// LiteRT.
func cmdComputes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: computes FILE.tflite VECTORS")
	}
	library, err := litert.Load("")
	if errors.Is(err, litert.ErrMissing) {
		ts.Logf("%v", err)
		return
	}
	ts.Check(err)
	network, err := library.Open([]byte(ts.ReadFile(args[0])), litert.Options{})
	ts.Check(err)
	defer network.Close()
	jpeg := model.NewJPEGDecoder()
	defer jpeg.Close()
	lines := strings.Split(strings.TrimSpace(ts.ReadFile(args[1])), "\n")
	for _, text := range lines {
		var line struct {
			Path   string
			Vector []float32
		}
		ts.Check(json.Unmarshal([]byte(text), &line))
		data, err := os.ReadFile(ts.MkAbs(line.Path))
		ts.Check(err)
		picture, _, err := (&decode.Decoder{JPEG: jpeg}).Decode(context.Background(), data)
		ts.Check(err)
		got := compute(ts, network, picture.EvalSquare(network.Inputs()[0].Shape[1]).Pix)
		if len(got) != len(line.Vector) {
			ts.Fatalf("%s: %d values, want %d", line.Path, len(got), len(line.Vector))
		}
		product := 0.0
		for i, v := range got {
			product += float64(v) * float64(line.Vector[i])
		}
		if !(math.Abs(product-1) < 1e-5) {
			ts.Fatalf("%s: cosine %v", line.Path, product)
		}
	}
}

// compute runs a network whose input is float32 or uint8, and returns its vector.
func compute(ts *testscript.TestScript, network *litert.Network, pixels []uint8) []float32 {
	input := pixels
	if network.Inputs()[0].Bytes == 4*len(pixels) {
		input = nil
		for _, p := range pixels {
			input = binary.LittleEndian.AppendUint32(input, math.Float32bits(float32(p)))
		}
	}
	var outputs [][]byte
	for _, o := range network.Outputs() {
		outputs = append(outputs, make([]byte, o.Bytes))
	}
	ts.Check(network.Run([][]byte{input}, outputs))
	vector := make([]float32, len(outputs[0])/4)
	for i := range vector {
		vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(outputs[0][4*i:]))
	}
	return vector
}
