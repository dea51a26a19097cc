// Package benchmark measures what learning does to an encoder: it feeds a
// learner with frames made of labelled pictures, lets it learn within a budget,
// and examines it on pictures that were held out.
//
// There are two benchmarks ([Kinds]). "stream" shows one class after the other,
// each picture several times, under light that drifts (package camera/stream),
// and compares ways to live with that; "learn" shows pictures in random order and
// compares before with after.
//
// A [Learner] is given frames without classes and encoded pictures without
// classes: the truth stays in [Gallery] and exam, on this side of the interface.
//
// All variants of a run have the same pictures, the same frames, the same budget
// and the same examination. Another seed is another split, another order and
// another start of everything random.
package benchmark
