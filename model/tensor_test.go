package model

import (
	"fmt"
	"slices"
	"testing"

	"edgeclr/model/arch"
)

func TestToGraphAndBack(t *testing.T) {
	tests := []struct {
		shape     []int
		depthwise bool
		want      []int64
	}{
		{[]int{2, 3, 4, 5}, false, []int64{4, 5, 3, 2}},
		{[]int{7, 1, 3, 3}, true, []int64{3, 3, 7, 1}},
		{[]int{7, 1, 3, 3}, false, []int64{3, 3, 1, 7}},
		{[]int{1, 1, 1, 1}, false, []int64{1, 1, 1, 1}},
		{[]int{4, 6, 1, 1}, false, []int64{1, 1, 6, 4}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.shape, tt.depthwise), func(t *testing.T) {
			o, i, h, w := tt.shape[0], tt.shape[1], tt.shape[2], tt.shape[3]
			torch := make([]float32, o*i*h*w)
			for n := range torch {
				torch[n] = float32(n)
			}
			graph, shape := toGraph(torch, tt.shape, tt.depthwise)
			if !slices.Equal(shape, tt.want) {
				t.Errorf("shape %v, want %v", shape, tt.want)
			}
			for oo := range o {
				for ii := range i {
					for y := range h {
						for x := range w {
							if got, want := graph[((y*w+x)*i+ii)*o+oo], torch[((oo*i+ii)*h+y)*w+x]; got != want {
								t.Fatalf("at [%d %d %d %d] there is %v, want %v", oo, ii, y, x, got, want)
							}
						}
					}
				}
			}
			if back := fromGraph(graph, tt.shape); !slices.Equal(back, torch) {
				t.Errorf("back: %v", back)
			}
		})
	}
}

func TestTensorLengths(t *testing.T) {
	if _, err := floatTensor([]float32{1, 2, 3}, 2, 2); err == nil {
		t.Error("3 values made a tensor of 4")
	}
	if _, err := imageTensor(make([]uint8, 11), 1, 2); err == nil {
		t.Error("11 bytes made a picture of 12")
	}
	tensor, err := floatTensor([]float32{1, 2, 3, 4}, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := floats(tensor); err != nil || !slices.Equal(got, []float32{1, 2, 3, 4}) {
		t.Errorf("%v, %v", got, err)
	}
	w := sliceWriter{dst: make([]byte, 3)}
	if _, err := w.Write(make([]byte, 4)); err == nil {
		t.Error("4 bytes went into 3")
	}
}

func BenchmarkToGraph(b *testing.B) {
	a := architecture(b, "resnet18")
	set := Random(a, 1)
	for b.Loop() {
		for _, n := range a.Nodes {
			if n.Op == arch.ConvBN {
				toGraph(find(b, set, n.Weight).Data, n.KernelShape(), n.Depthwise)
			}
		}
	}
}
