package verify

// Limits bound what a file may ask for. A zero field means the default beside it.
type Limits struct {
	Bytes     int64 // of the file: 512 MiB
	Arena     int64 // bytes of all tensors that are alive at the same time, without constants: 512 MiB
	MACs      int64 // multiplications of one run, roughly: 100e9, some ten seconds on a small board
	Operators int   // 10,000
	MinSide   int   // pixels of the input's side: 16
	MaxSide   int   // 1,024
	Dim       int   // values of the vector: 65,536
	Outputs   int   // outputs of the file, the vector first: 1. The others may have any shape
}

func (l Limits) orDefaults() Limits {
	whenZero(&l.Bytes, 512<<20)
	whenZero(&l.Arena, 512<<20)
	whenZero(&l.MACs, 100e9)
	whenZero(&l.Operators, 10_000)
	whenZero(&l.MinSide, 16)
	whenZero(&l.MaxSide, 1024)
	whenZero(&l.Dim, 1<<16)
	whenZero(&l.Outputs, 1)
	return l
}

func whenZero[T int | int64](v *T, value T) {
	if *v == 0 {
		*v = value
	}
}

// File says what a file that passed computes: one square picture in, one vector out.
type File struct {
	Name        string // of the model, from the metadata; "" when it has none
	Description string // of the model, from the metadata or the file; "" when it has none
	Size        int    // side of the picture, pixels
	Dim         int    // values of the vector
	Input       Tensor // [1,Size,Size,3]
	Output      Tensor // Dim values
	// Normalization says how a float input is made of pixels, from the metadata. Nil when
	// the file does not say.
	Normalization *Normalization
	Integer       bool  // its convolutions and matrix products compute in integers
	Operators     int   // number of operators
	Arena         int64 // bytes of the tensors that are alive at the same time, without constants
	MACs          int64 // multiplications of one run, roughly
}

// Tensor is the input or an output of a file.
type Tensor struct {
	Name  string
	Type  Type
	Shape []int
	// A value q of an integer type stands for Scale * (q - ZeroPoint). Scale 0: the file
	// does not say.
	Scale     float32
	ZeroPoint int
}

// Normalization makes the input from a pixel of 0 to 255: (pixel - Mean) / Std. Both have
// one value, or one for each channel.
type Normalization struct {
	Mean, Std []float32
}

// Check verifies a .tflite file that comes from outside. It never panics, and its time
// and memory are in proportion to the length of data. Errors are *[Error].
func Check(data []byte, limits Limits) (*File, error) {
	limits = limits.orDefaults()
	if int64(len(data)) > limits.Bytes {
		return nil, unsupported("", "give a smaller encoder", "the file has %d bytes, and the limit is %d", len(data), limits.Bytes)
	}
	if !identified(data, modelIdentifier) {
		return nil, foreign(data)
	}
	if err := (&structure{data: data}).check(modelTable()); err != nil {
		return nil, err
	}
	g, err := parse(data)
	if err != nil {
		return nil, err
	}
	if err := g.checkFlow(limits); err != nil {
		return nil, err
	}
	if err := g.checkSignatures(); err != nil {
		return nil, err
	}
	if err := g.checkOperators(); err != nil {
		return nil, err
	}
	return g.file(limits)
}
