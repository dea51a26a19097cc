package tensor

import (
	"math"
	"strings"
	"testing"
)

func TestElements(t *testing.T) {
	tests := []struct {
		name  string
		shape []int
		want  int
		ok    bool
	}{
		{"scalar", nil, 1, true},
		{"kernel", []int{32, 3, 3, 3}, 864, true},
		{"empty", []int{4, 0}, 0, true},
		{"empty beats overflow", []int{math.MaxInt, math.MaxInt, 0}, 0, true},
		{"largest", []int{math.MaxInt}, math.MaxInt, true},
		{"negative", []int{-1}, 0, false},
		{"two negative", []int{-1, -2}, 0, false},
		{"negative and empty", []int{0, -1}, 0, false},
		{"beyond int", []int{math.MaxInt, 2}, 0, false},
		{"beyond uint", []int{1 << 40, 1 << 40}, 0, false},
		{"sign bit", []int{1 << 62, 2}, 0, false},
		{"wraps to zero", []int{1 << 32, 1 << 32}, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if n, ok := Elements(tt.shape); n != tt.want || ok != tt.ok {
				t.Errorf("Elements(%v) = %d, %t; want %d, %t", tt.shape, n, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	if err := (Tensor{Name: "a", Shape: []int{2, 2}, Data: make([]float32, 4)}).Check(); err != nil {
		t.Error(err)
	}
	err := Tensor{Name: "conv\n", Shape: []int{2, 2}, Data: make([]float32, 3)}.Check()
	if err == nil || !strings.Contains(err.Error(), `tensor "conv\n" of shape [2 2] has 3 values`) {
		t.Errorf("error %v", err)
	}
}
