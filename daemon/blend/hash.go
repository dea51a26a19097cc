package blend

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"edgeclr/model/weights"
	"edgeclr/tflite"
)

// int8Hash is the SHA-256 of an encoder's weights, whose hash is given, and of its int8
// ranges, in hex. Ranges of another calibration give other vectors.
func int8Hash(weights string, ranges []tflite.Ranges) string {
	sum := sha256.New()
	fmt.Fprintln(sum, weights, ranges) // maps are printed in the order of their keys
	return hex.EncodeToString(sum.Sum(nil))
}

// WeightsHash is the SHA-256 of an encoder's tensors, in hex: of the name, the shape
// and the values of each, in the order of the set. The set holds the encoder's tensors
// alone, in the order of the architecture: see [EncoderWeights].
func WeightsHash(set weights.Set) string {
	sum := sha256.New()
	buffer := make([]byte, 0, 1<<16)
	for _, t := range set {
		fmt.Fprintf(sum, "%q %v\n", t.Name, t.Shape)
		for _, v := range t.Data {
			if len(buffer) == cap(buffer) {
				sum.Write(buffer)
				buffer = buffer[:0]
			}
			buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
		}
		sum.Write(buffer)
		buffer = buffer[:0]
	}
	return hex.EncodeToString(sum.Sum(nil))
}
