package weights

import (
	"errors"
	"math"
	"slices"
	"testing"
)

// TestViewGather counts through views of the storage 0, 1, 2 ... 23.
func TestViewGather(t *testing.T) {
	values := make([]float32, 24)
	for i := range values {
		values[i] = float32(i)
	}
	tests := []struct {
		name          string
		offset        int
		shape, stride []int
		want          []float32
	}{
		{"scalar", 7, nil, nil, []float32{7}},
		{"contiguous", 2, []int{2, 2}, []int{2, 1}, []float32{2, 3, 4, 5}},
		{"transposed", 0, []int{2, 3}, []int{1, 2}, []float32{0, 2, 4, 1, 3, 5}},
		{"every second", 1, []int{3}, []int{2}, []float32{1, 3, 5}},
		{"window", 5, []int{2, 2}, []int{6, 2}, []float32{5, 7, 11, 13}},
		{"three dimensions", 0, []int{2, 2, 2}, []int{1, 12, 6}, []float32{0, 6, 12, 18, 1, 7, 13, 19}},
		{"repeated", 3, []int{2, 2}, []int{0, 1}, []float32{3, 4, 3, 4}},
		{"all from one value", 23, []int{1, 3}, []int{100, 0}, []float32{23, 23, 23}},
		{"dimension of one with any stride", 4, []int{2, 1}, []int{1, 999}, []float32{4, 5}},
		{"empty", 24, []int{0, 5}, []int{5, 1}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := &view{storage: &storage{length: len(values)}, offset: tt.offset, shape: tt.shape, stride: tt.stride}
			if err := v.check(); err != nil {
				t.Fatal(err)
			}
			if got := v.gather(values); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestViewCheckRefuses(t *testing.T) {
	tests := []struct {
		name          string
		offset        int
		shape, stride []int
	}{
		{"offset", 24, nil, nil},
		{"negative offset", -1, nil, nil},
		{"too long", 0, []int{25}, []int{1}},
		{"too long from offset", 20, []int{5}, []int{1}},
		{"negative stride", 23, []int{3}, []int{-1}},
		{"two strides together", 0, []int{5, 5}, []int{5, 1}},
		{"overflowing product", 0, []int{1 << 31, 1 << 31}, []int{1 << 33, 1}},
		{"overflowing sum", 0, []int{2, 2}, []int{math.MaxInt, math.MaxInt}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := &view{storage: &storage{length: 24}, offset: tt.offset, shape: tt.shape, stride: tt.stride}
			if err := v.check(); !errors.Is(err, ErrCorrupt) {
				t.Errorf("error %v", err)
			}
		})
	}
}
