package record

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"
)

func TestWire(t *testing.T) {
	times := []time.Time{{}, time.Unix(1e9, 999_999_999).UTC(), time.Date(9999, 1, 2, 3, 4, 5, 6, time.UTC), time.Unix(-5, 7).UTC()}
	for _, at := range times {
		b := AppendString(nil, "not UTF-8 \xff\x00")
		b = AppendTime(b, at)
		b = binary.AppendVarint(b, math.MinInt64)
		b = binary.AppendUvarint(b, math.MaxUint64)
		b = append(b, "tail"...)
		r := NewReader(b)
		if s, got, i, u, tail := r.String(), r.Time(), r.Int(), r.Uint(), r.Bytes(4); s != "not UTF-8 \xff\x00" || !got.Equal(at) || i != math.MinInt64 || u != math.MaxUint64 || string(tail) != "tail" {
			t.Errorf("%q, %v, %d, %d, %q", s, got, i, u, tail)
		}
		if !r.Done() {
			t.Error("a whole record is not done")
		}
		for n := range b { // every shorter one is refused
			r := NewReader(b[:n])
			_, _, _, _, _ = r.String(), r.Time(), r.Int(), r.Uint(), r.Bytes(4)
			if r.Done() {
				t.Errorf("%d of %d bytes are taken for a record", n, len(b))
			}
		}
	}
	values := []float32{0, -1.5, float32(math.Inf(1)), math.SmallestNonzeroFloat32}
	got := make([]float32, len(values))
	DecodeFloats(got, AppendFloats(nil, values))
	if !slices.Equal(got, values) {
		t.Errorf("floats %v, want %v", got, values)
	}
}

func FuzzUnseal(f *testing.F) {
	f.Add([]byte("frames"), []byte("key"), []byte("payload"))
	f.Fuzz(func(t *testing.T, bucket, key, payload []byte) {
		value := Seal(bucket, key, append(Reserve(len(payload)), payload...))
		got, err := Unseal(bucket, key, value)
		if len(value) <= MaxValue && (err != nil || !bytes.Equal(got, payload)) {
			t.Errorf("%q, %v", got, err)
		}
		other := append(bytes.Clone(key), 'x')
		if _, err := Unseal(bucket, other, value); err == nil {
			t.Error("a value of another key verifies")
		}
		_, _ = Unseal(bucket, key, payload) // any bytes, no panic
	})
}
