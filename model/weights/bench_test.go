package weights

import (
	"bytes"
	"io"
	"testing"
)

// benchmarkSet is about as large as ResNet-18: 46 MB in 60 tensors.
func benchmarkSet() Set {
	var s Set
	for i := range 60 {
		s = append(s, zeros(string(rune('A'+i)), 192, 1000))
	}
	return s
}

func BenchmarkReadSafetensors(b *testing.B) {
	var file bytes.Buffer
	if err := WriteSafetensors(&file, benchmarkSet(), nil); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(bytes.NewReader(file.Bytes()), int64(file.Len()), Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteSafetensors(b *testing.B) {
	set := benchmarkSet()
	b.SetBytes(60 * 192 * 1000 * 4)
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteSafetensors(io.Discard, set, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkViewGather gathers a kernel in channels_last order, the order in
// EfficientNet-Lite0's file.
func BenchmarkViewGather(b *testing.B) {
	v := &view{storage: &storage{length: 512 * 512 * 9}, shape: []int{512, 512, 3, 3}, stride: []int{512 * 9, 1, 512 * 3, 512}}
	values := make([]float32, v.storage.length)
	b.SetBytes(int64(4 * len(values)))
	for b.Loop() {
		v.gather(values)
	}
}
