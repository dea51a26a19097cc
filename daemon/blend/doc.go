// Package blend opens encoders, which turn pictures into vectors.
//
// An [Embedder] is one network, or two whose vectors are joined. [Open] is the one
// place that builds it, from an [Identity]: the architecture, the size of the input,
// the blend and the runtime. Vectors may be compared only when they come from the
// same identity and the same weights.
//
// A blend combines what an encoder learned with what it knew before. It is made
// of two [Halves]: the adapted weights of a trained checkpoint, and the
// pretrained weights of its root, the checkpoint that training began from. The
// store keeps the two as separate checkpoints. It never holds blended weights.
//
// Two registries grow by one file and one line each: the blends (blends.go) and
// the runtimes (runtimes.go). The package owns no state. It needs a store only
// to read checkpoints.
package blend
