package storage

import (
	"encoding/binary"
	"time"
)

// reader decodes the varint records of this package. After the first mistake
// every read gives zero and ok stays false.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	return uint64(r.advance(n, int64(v)))
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	return r.advance(n, v)
}

func (r *reader) advance(n int, v int64) int64 {
	if r.bad || n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) bytes(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) string() string { return string(r.bytes(r.uint())) }

func (r *reader) time() time.Time {
	sec, nsec := r.int(), r.uint()
	if nsec >= 1e9 {
		r.bad = true
		return time.Time{}
	}
	return time.Unix(sec, int64(nsec)).UTC()
}

// done says whether everything was read and well formed.
func (r *reader) done() bool { return !r.bad && len(r.b) == 0 }

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendTime keeps nanoseconds and every year, also the zero time, which
// UnixNano does not.
func appendTime(b []byte, t time.Time) []byte {
	return binary.AppendUvarint(binary.AppendVarint(b, t.Unix()), uint64(t.Nanosecond()))
}
