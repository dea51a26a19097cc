package storage

// Encoder says what computed a vector: one network. A half of a join is one. Vectors of
// two encoders are never compared.
type Encoder struct {
	Weights     string // SHA-256 of the encoder's tensors, in hex
	Size        int    // side of the square that the network sees, in pixels
	Precision   string // PrecisionFloat, PrecisionInt8 or PrecisionHalf
	Accelerator string // AcceleratorCPU, AcceleratorGPU or AcceleratorNPU
	Dim         int    // number of values of a vector
}

// Precisions of the arithmetic of an encoder.
const (
	PrecisionFloat = "float"
	PrecisionInt8  = "int8"
	PrecisionHalf  = "half" // a GPU at half precision
)

// Classes of what runs an encoder. Runtimes of one class and precision give the same
// vectors, once they are checked against each other.
const (
	AcceleratorCPU = "cpu"
	AcceleratorGPU = "gpu"
	AcceleratorNPU = "npu"
)
