package weights

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// dtype is the type of the values in a file.
type dtype int

const (
	float32Type dtype = iota
	float64Type
	float16Type
	bfloat16Type
	int64Type
	int32Type
	int16Type
	int8Type
	uint64Type
	uint32Type
	uint16Type
	uint8Type
	boolType
)

// size returns the size of one value in bytes.
func (d dtype) size() int {
	switch d {
	case float64Type, int64Type, uint64Type:
		return 8
	case float32Type, int32Type, uint32Type:
		return 4
	case float16Type, bfloat16Type, int16Type, uint16Type:
		return 2
	}
	return 1
}

// decode converts the first len(dst) values of src, which are little-endian.
func (d dtype) decode(dst []float32, src []byte) {
	le := binary.LittleEndian
	switch d {
	case float32Type:
		for i := range dst {
			dst[i] = math.Float32frombits(le.Uint32(src[4*i:]))
		}
	case float64Type:
		for i := range dst {
			dst[i] = float32(math.Float64frombits(le.Uint64(src[8*i:])))
		}
	case float16Type:
		for i := range dst {
			dst[i] = fromFloat16(le.Uint16(src[2*i:]))
		}
	case bfloat16Type:
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(le.Uint16(src[2*i:])) << 16)
		}
	case int64Type:
		for i := range dst {
			dst[i] = float32(int64(le.Uint64(src[8*i:])))
		}
	case int32Type:
		for i := range dst {
			dst[i] = float32(int32(le.Uint32(src[4*i:])))
		}
	case int16Type:
		for i := range dst {
			dst[i] = float32(int16(le.Uint16(src[2*i:])))
		}
	case int8Type:
		for i := range dst {
			dst[i] = float32(int8(src[i]))
		}
	case uint64Type:
		for i := range dst {
			dst[i] = float32(le.Uint64(src[8*i:]))
		}
	case uint32Type:
		for i := range dst {
			dst[i] = float32(le.Uint32(src[4*i:]))
		}
	case uint16Type:
		for i := range dst {
			dst[i] = float32(le.Uint16(src[2*i:]))
		}
	case uint8Type:
		for i := range dst {
			dst[i] = float32(src[i])
		}
	case boolType:
		for i := range dst {
			dst[i] = 0
			if src[i] != 0 {
				dst[i] = 1
			}
		}
	}
}

// fromFloat16 converts an IEEE 754 binary16 value exactly.
func fromFloat16(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exponent, fraction := uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exponent {
	case 0: // zero and subnormals: multiples of 2^-24
		return math.Float32frombits(math.Float32bits(float32(fraction)*0x1p-24) | sign)
	case 0x1f: // infinity and NaN
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// decodeBytes is the size of the buffer for values that are not decoded yet. It is
// a multiple of the size of every dtype.
const decodeBytes = 64 << 10

// decodeFrom reads n values. It allocates all n at once, so the caller must have
// compared n with the number of bytes in r.
func decodeFrom(r io.Reader, d dtype, n int) ([]float32, error) {
	values := make([]float32, n)
	buf := make([]byte, min(decodeBytes, n*d.size()))
	for rest := values; len(rest) > 0; {
		part := min(len(rest), len(buf)/d.size())
		if _, err := io.ReadFull(r, buf[:part*d.size()]); err != nil {
			return nil, readError(err)
		}
		d.decode(rest[:part], buf)
		rest = rest[part:]
	}
	return values, nil
}

// readError wraps a failed read. An early end becomes ErrTruncated.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %s", ErrTruncated, downloadAgain)
	}
	return fmt.Errorf("cannot be read: %w", err)
}
