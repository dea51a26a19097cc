package record

import (
	"encoding/binary"
	"math"
	"time"
)

// AppendString appends a string with its length.
func AppendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// AppendTime appends a time in UTC. It keeps nanoseconds and every year, the
// zero time included, which UnixNano does not.
func AppendTime(b []byte, t time.Time) []byte {
	return binary.AppendUvarint(binary.AppendVarint(b, t.Unix()), uint64(t.Nanosecond()))
}

// AppendFloats appends values as little-endian float32.
func AppendFloats(b []byte, values []float32) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// DecodeFloats decodes len(dst) values from b, which has at least 4 bytes for
// each.
func DecodeFloats(dst []float32, b []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[i*4:]))
	}
}

// DecodeScaled is DecodeFloats, and multiplies each value by a factor.
func DecodeScaled(dst []float32, b []byte, factor float32) {
	b = b[:4*len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[i*4:])) * factor
	}
}

// Reader decodes the payload of a value. After the first mistake every read
// returns zero, and Done returns false.
type Reader struct {
	b   []byte
	bad bool
}

// NewReader returns a Reader of b.
func NewReader(b []byte) *Reader { return &Reader{b: b} }

// Uint reads an unsigned varint.
func (r *Reader) Uint() uint64 {
	v, n := binary.Uvarint(r.b)
	return uint64(r.advance(n, int64(v)))
}

// Int reads a signed varint.
func (r *Reader) Int() int64 {
	v, n := binary.Varint(r.b)
	return r.advance(n, v)
}

func (r *Reader) advance(n int, v int64) int64 {
	if r.bad || n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

// Bytes reads n bytes, which alias the payload.
func (r *Reader) Bytes(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// String reads what AppendString wrote.
func (r *Reader) String() string { return string(r.Bytes(r.Uint())) }

// Time reads what AppendTime wrote.
func (r *Reader) Time() time.Time {
	sec, nsec := r.Int(), r.Uint()
	if nsec >= 1e9 {
		r.bad = true
		return time.Time{}
	}
	return time.Unix(sec, int64(nsec)).UTC()
}

// Done reports whether everything was read and well formed.
func (r *Reader) Done() bool { return !r.bad && len(r.b) == 0 }
