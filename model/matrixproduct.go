package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"
)

// MatrixProduct multiplies a square matrix by itself. Benchmarks compare the speed
// of a training step with it: no step can be faster than the machine's matrix
// product.
type MatrixProduct struct {
	session *tf.Session
	feeds   map[tf.Output]*tf.Tensor
	product *tf.Operation
}

// NewMatrixProduct prepares a product of matrices [side, side] of float32.
func NewMatrixProduct(side int, r Runtime) (*MatrixProduct, error) {
	s, err := newScope()
	if err != nil {
		return nil, err
	}
	// The matrix is fed: TensorFlow would compute the product of constants only once.
	x := op.Placeholder(at(s), tf.Float, op.PlaceholderShape(tf.MakeShape(int64(side), int64(side))))
	p := &MatrixProduct{product: op.MatMul(at(s), x, x).Op}
	graph, err := s.Finalize()
	if err != nil {
		return nil, fmt.Errorf("building a matrix product: %w", err)
	}
	values := make([]float32, side*side)
	for i := range values {
		values[i] = float32(i%7) - 3
	}
	matrix, err := floatTensor(values, int64(side), int64(side))
	if err != nil {
		return nil, err
	}
	p.feeds = map[tf.Output]*tf.Tensor{x: matrix}
	if p.session, err = newSession(graph, r); err != nil {
		return nil, err
	}
	return p, nil
}

// Run multiplies once.
func (p *MatrixProduct) Run() error {
	if _, err := p.session.Run(p.feeds, nil, []*tf.Operation{p.product}); err != nil {
		return fmt.Errorf("multiplying matrices: %w", err)
	}
	return nil
}

// Close frees the session.
func (p *MatrixProduct) Close() error { return p.session.Close() }
