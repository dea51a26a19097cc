// Package archtest helps to test code that reads an architecture or its plan. It
// needs no runtime and no files.
//
// [Tiny] is a small architecture that has every operation. [Weights] and [Picture]
// give inputs by formula, the same in Go and in Python. [Evaluate] computes a
// network's features in plain Go, straight from the plan, and [List] writes the
// plan as text: both are emitters, so they show that a plan is all that one needs.
package archtest
