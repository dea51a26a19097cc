// Package benchmark measures what learning does to an encoder. It feeds a learner
// with frames made of labelled pictures, lets it learn within a budget, and
// evaluates it on held-out pictures.
//
// There is one benchmark of that kind so far ([Kinds]). "stream" shows one class after
// the other, each picture several times, under light that drifts (package camera/stream),
// and compares ways to learn from that. Package recipes compares recipes at equal time.
//
// A [Learner] gets frames and pictures without their classes. The true classes stay
// in [Gallery] and evalSet, on this side of the interface.
//
// All variants of a run have the same pictures, frames, budget and evaluation. A
// seed decides the split, the order and the start of everything random.
//
// A new benchmark is an entry of [Kinds], a new variant an entry of streamVariants.
package benchmark
