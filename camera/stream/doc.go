// Package stream turns labelled pictures into the most difficult stream of a fixed
// camera: one class after the other, each picture several times with small changes,
// under light that drifts. On such a stream, plain training forgets what came first
// (Purushwalkam et al., "The Challenges of Continuous Self-Supervised Learning",
// ECCV 2022), so it is a good benchmark of a learner. The same frames in random order
// show the upper bound.
//
// # Truth
//
// A [Split] knows the classes, and only the evaluation has it. A learner gets frames,
// one by one from [Stream.Frame], that name no class: the path of a frame is its number,
// and it has pixels and no file. The split decides which pictures are held out before
// the stream exists. The stream contains only the others.
//
// Everything depends only on the seeds and the pictures. The result is the same in every
// run of one build.
package stream
