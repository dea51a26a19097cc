// Package stream turns labelled pictures into what a fixed camera delivers at
// its most difficult: one class after the other, each picture several times
// with small changes, under light that drifts. Plain training forgets on such a
// stream what it showed first (Purushwalkam et al., "The Challenges of
// Continuous Self-Supervised Learning", ECCV 2022), so it is what a benchmark
// of a learner should run on. Shuffled, the same frames are the bound of what
// can be reached.
//
// # Truth
//
// A [Split] knows the classes; whoever evaluates keeps it. A learner is given
// frames, one by one from [Stream.Frame], which name no class: the path of a
// frame is its number, and it has pixels and no file. Which pictures are held
// out is decided before there is a stream, and the stream is made of the others
// alone.
//
// Everything depends on the seeds and the pictures, and on nothing else. The
// result is the same in every run of one build.
package stream
