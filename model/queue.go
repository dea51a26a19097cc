package model

import tf "github.com/tensorflow/tensorflow/tensorflow/go"

// queue keeps the projections of past views as more negatives (Wang et al. 2020,
// "Cross-Batch Memory for Embedding Learning"): an encoder that moves slowly
// leaves them valid for some steps, and they cost no pass through the network.
// A capacity of 0 keeps none.
type queue struct {
	capacity int       // rows
	rows     []float32 // of length 1 each, oldest first
}

// tensor is the queue as the loss takes it, [Q,D].
func (q *queue) tensor() (*tf.Tensor, error) {
	return floatTensor(q.rows, int64(len(q.rows)/headOut), headOut)
}

// push adds the projections of a step and drops the oldest.
func (q *queue) push(normalized []float32) {
	if q.capacity == 0 {
		return
	}
	q.rows = append(q.rows, normalized...)
	if over := len(q.rows) - q.capacity*headOut; over > 0 {
		q.rows = append(q.rows[:0], q.rows[over:]...)
	}
}
