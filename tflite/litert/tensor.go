package litert

import "fmt"

// Type is the type of a tensor's numbers.
type Type int

// The types that networks have at their edges, by LiteRT's numbers.
const (
	Float32 Type = 1
	Int32   Type = 2
	Uint8   Type = 3
	Int64   Type = 4
	Int8    Type = 9
)

func (t Type) String() string {
	switch t {
	case Float32:
		return "float32"
	case Int32:
		return "int32"
	case Uint8:
		return "uint8"
	case Int64:
		return "int64"
	case Int8:
		return "int8"
	}
	return fmt.Sprintf("type %d", int(t))
}

// Tensor describes an input or an output of a network.
type Tensor struct {
	Name  string // as the file's signature names it
	Type  Type
	Shape []int // one picture: 1, height, width, channels
	Bytes int   // of its numbers, packed, in the machine's byte order
}

func (t Tensor) String() string { return fmt.Sprintf("%s %s%v", t.Name, t.Type, t.Shape) }

// Accelerator is the part of a board that runs a network.
type Accelerator int

// CPU is the zero value.
const (
	CPU Accelerator = iota
	GPU
	NPU
	// Auto takes the NPU or the GPU if one is here and runs the whole network, else the CPU.
	Auto
)

func (a Accelerator) String() string {
	switch a {
	case CPU:
		return "cpu"
	case GPU:
		return "gpu"
	case NPU:
		return "npu"
	case Auto:
		return "auto"
	}
	return fmt.Sprintf("accelerator %d", int(a))
}

// ParseAccelerator reads cpu, gpu, npu or auto.
func ParseAccelerator(text string) (Accelerator, error) {
	for a := CPU; a <= Auto; a++ {
		if a.String() == text {
			return a, nil
		}
	}
	return CPU, fmt.Errorf("there is no accelerator %q; use cpu, gpu, npu or auto", text)
}

// set is the bit of an accelerator in LiteRT's sets.
func (a Accelerator) set() int { return 1 << a }
