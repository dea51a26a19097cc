package model

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"

	"edgeclr/internal/tensor"
)

// Errors of values, to be told apart with errors.Is. See also [ErrClosed].
var (
	// ErrDiverged means that the loss or a weight is not a finite number, after
	// training or in a state that was to be loaded. The weights of the trainer are
	// then useless: go back to a checkpoint.
	ErrDiverged = errors.New("not a finite number")

	// ErrShape means that the caller's images, weights or batch do not have the
	// shape that the graph was built for.
	ErrShape = errors.New("wrong shape")
)

// checkFinite returns ErrDiverged for a tensor with a value that is not finite.
func checkFinite(t tensor.Tensor) error {
	if !finite(t.Data) {
		return fmt.Errorf("a value of %s is %w", t.Name, ErrDiverged)
	}
	return nil
}

func finite(values []float32) bool {
	for _, v := range values {
		// v-v is 0 for every number but infinities and NaN.
		if v-v != 0 {
			return false
		}
	}
	return true
}

// bytesOf views float32 values as bytes in the machine's order, in which
// TensorFlow tensors hold them.
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

// contents copies the bytes of a tensor into dst. TensorFlow's package reads them
// through a pointer that the garbage collector does not know. If this is the last
// use of the tensor, the collector would free it meanwhile; KeepAlive prevents that.
func contents(t *tf.Tensor, dst []byte) error {
	defer runtime.KeepAlive(t)
	_, err := t.WriteContentsTo(&sliceWriter{dst: dst})
	return err
}

// sliceWriter writes into a slice of fixed length. So a tensor is copied only once.
type sliceWriter struct {
	dst []byte
	n   int
}

func (w *sliceWriter) Write(p []byte) (int, error) {
	if len(p) > len(w.dst)-w.n {
		return 0, fmt.Errorf("%d bytes for a slice of %d", w.n+len(p), len(w.dst))
	}
	w.n += copy(w.dst[w.n:], p)
	return len(p), nil
}

// toGraph converts a kernel from PyTorch's [O,I,H,W] to TensorFlow's [H,W,I,O]. A
// depthwise kernel, [C,1,H,W], becomes [H,W,C,1].
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
