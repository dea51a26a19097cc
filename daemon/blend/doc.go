// Package blend opens what turns pictures into vectors.
//
// An [Embedder] is that: one network, or two whose vectors are joined. [Open]
// is the one place that chooses it. The choice is the [Identity]: the
// architecture, the size of the input, the blend and the runtime. Vectors may be
// compared only when they come from the same identity and the same weights.
//
// A blend combines what an encoder learned with what it knew before. It is made
// of two [Halves]: the adapted weights of a trained checkpoint, and the
// pretrained weights of its root, the checkpoint that training began from. The
// store holds the adapted weights alone.
//
// Two registries grow by one file and one line each: the blends (blends.go) and
// the runtimes (runtimes.go). The package owns no state. It needs a store only
// to read checkpoints.
package blend
