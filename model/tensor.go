package model

import (
	"bytes"
	"fmt"
	"runtime"
	"unsafe"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
)

// bytesOf views float32 values as bytes in the machine's order, which is what
// TensorFlow tensors hold.
func bytesOf(values []float32) []byte {
	if len(values) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), 4*len(values))
}

// floatTensor copies values into a tensor of that shape.
func floatTensor(values []float32, shape ...int64) (*tf.Tensor, error) {
	t, err := tf.ReadTensor(tf.Float, shape, bytes.NewReader(bytesOf(values)))
	if err != nil {
		return nil, fmt.Errorf("tensor of shape %v from %d values: %w", shape, len(values), err)
	}
	return t, nil
}

// imageTensor copies n square RGB images of the given side into a tensor
// [n, size, size, 3].
func imageTensor(pixels []uint8, n, size int) (*tf.Tensor, error) {
	shape := []int64{int64(n), int64(size), int64(size), 3}
	t, err := tf.ReadTensor(tf.Uint8, shape, bytes.NewReader(pixels))
	if err != nil {
		return nil, fmt.Errorf("images of shape %v from %d bytes: %w", shape, len(pixels), err)
	}
	return t, nil
}

// floats copies a tensor's values out.
func floats(t *tf.Tensor) ([]float32, error) {
	n := int64(1)
	for _, d := range t.Shape() {
		n *= d
	}
	out := make([]float32, n)
	if err := contents(t, bytesOf(out)); err != nil {
		return nil, fmt.Errorf("reading a tensor of shape %v: %w", t.Shape(), err)
	}
	return out, nil
}

// contents copies what a tensor holds. TensorFlow's package reads it by a pointer
// that the collector does not know of, which would free it meanwhile if this was
// its last use.
func contents(t *tf.Tensor, dst []byte) error {
	defer runtime.KeepAlive(t)
	_, err := t.WriteContentsTo(&sliceWriter{dst: dst})
	return err
}

// sliceWriter writes into a slice of fixed length, so that a tensor is copied once.
type sliceWriter struct {
	dst []byte
	n   int
}

func (w *sliceWriter) Write(p []byte) (int, error) {
	if len(p) > len(w.dst)-w.n {
		return 0, fmt.Errorf("%d bytes for a place of %d", w.n+len(p), len(w.dst))
	}
	w.n += copy(w.dst[w.n:], p)
	return len(p), nil
}

// toGraph turns a kernel from PyTorch's [O,I,H,W] into TensorFlow's [H,W,I,O].
// A depthwise kernel, [C,1,H,W], becomes [H,W,C,1].
func toGraph(src []float32, shape []int, depthwise bool) ([]float32, []int64) {
	o, i, h, w := shape[0], shape[1], shape[2], shape[3]
	dst := make([]float32, len(src))
	eachWeight(shape, func(torch, graph int) { dst[graph] = src[torch] })
	if depthwise {
		return dst, []int64{int64(h), int64(w), int64(o), 1}
	}
	return dst, []int64{int64(h), int64(w), int64(i), int64(o)}
}

// fromGraph is the inverse of toGraph; shape is PyTorch's.
func fromGraph(src []float32, shape []int) []float32 {
	dst := make([]float32, len(src))
	eachWeight(shape, func(torch, graph int) { dst[torch] = src[graph] })
	return dst
}

// eachWeight visits a kernel's weights by their offset in [O,I,H,W] and in
// [H,W,I,O]. For a depthwise kernel I is 1, so [H,W,1,C] and [H,W,C,1] are the
// same order.
func eachWeight(shape []int, visit func(torch, graph int)) {
	o, i, hw := shape[0], shape[1], shape[2]*shape[3]
	for oo := range o {
		for ii := range i {
			for p := range hw {
				visit((oo*i+ii)*hw+p, (p*i+ii)*o+oo)
			}
		}
	}
}
