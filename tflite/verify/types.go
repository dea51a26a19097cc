package verify

import "fmt"

// Type is the type of a tensor's values. Its number is that of the schema.
type Type byte

// The types that encoders use.
const (
	Float32 Type = 0
	Float16 Type = 1 // constants only
	Int32   Type = 2
	Uint8   Type = 3
	Int64   Type = 4
	Int8    Type = 9
)

// typeNames are the names of the schema, in its order.
var typeNames = [...]string{"FLOAT32", "FLOAT16", "INT32", "UINT8", "INT64", "STRING", "BOOL", "INT16", "COMPLEX64", "INT8", "FLOAT64", "COMPLEX128",
	"UINT64", "RESOURCE", "VARIANT", "UINT32", "UINT16", "INT4", "BFLOAT16", "INT2", "UINT4", "FLOAT8_E4M3FN", "FLOAT8_E5M2"}

func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type %d", byte(t))
}

// Bytes returns the size of a value; 0 for a type that encoders do not use.
func (t Type) Bytes() int {
	switch t {
	case Uint8, Int8:
		return 1
	case Float16:
		return 2
	case Float32, Int32:
		return 4
	case Int64:
		return 8
	}
	return 0
}

// integer tells whether values stand for Scale * (q - ZeroPoint).
func (t Type) integer() bool { return t == Uint8 || t == Int8 }
