package weights

import (
	"math"
	"testing"
)

// TestFromFloat16 compares all 65,536 numbers with the definition in IEEE 754.
func TestFromFloat16(t *testing.T) {
	for h := range 1 << 16 {
		exponent, fraction := h>>10&0x1f, float64(h&0x3ff)/1024
		want := math.Ldexp(1+fraction, exponent-15)
		switch {
		case exponent == 0:
			want = math.Ldexp(fraction, -14)
		case exponent == 31 && fraction == 0:
			want = math.Inf(1)
		case exponent == 31:
			want = math.NaN()
		}
		if h>>15 == 1 {
			want = math.Copysign(want, -1)
		}
		got := fromFloat16(uint16(h))
		if math.Float32bits(got) != math.Float32bits(float32(want)) && !(got != got && want != want) {
			t.Fatalf("%#04x is %v, want %v", h, got, want)
		}
	}
}

func TestDTypeDecode(t *testing.T) {
	ones := []byte{255, 255, 255, 255, 255, 255, 255, 255}
	tests := []struct {
		name string
		d    dtype
		src  []byte
		want float32
	}{
		{"float32", float32Type, []byte{0, 0, 0x20, 0xc0}, -2.5},
		{"float64", float64Type, []byte{0, 0, 0, 0, 0, 0, 4, 0xc0}, -2.5},
		{"float16", float16Type, []byte{0, 0xc1}, -2.5},
		{"bfloat16", bfloat16Type, []byte{0x20, 0xc0}, -2.5},
		{"int64", int64Type, ones, -1},
		{"int32", int32Type, ones, -1},
		{"int16", int16Type, ones, -1},
		{"int8", int8Type, ones, -1},
		{"uint64", uint64Type, ones, 1 << 64},
		{"uint32", uint32Type, ones, 1 << 32},
		{"uint16", uint16Type, ones, 65535},
		{"uint8", uint8Type, ones, 255},
		{"bool", boolType, ones, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := []float32{99}
			tt.d.decode(got, tt.src[:tt.d.size()])
			if got[0] != tt.want {
				t.Errorf("%v, want %v", got[0], tt.want)
			}
		})
	}
}
