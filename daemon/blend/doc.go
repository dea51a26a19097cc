// Package blend opens encoders, which turn pictures into vectors.
//
// An [Embedder] is one network, or two whose vectors are joined. An [Opener] builds it
// from an [Identity]: the architecture, the size of the input, the blend, the runtime,
// the precision and the accelerator. Vectors may be compared only when they come from
// the same [Embedder.Encoders].
//
// A blend combines what an encoder learned with what it knew before. It is made
// of two [Halves]: the adapted weights of a trained checkpoint, and the
// pretrained weights of its root, the checkpoint that training began from. The
// store keeps the two as separate checkpoints. It never holds blended weights.
//
// A runtime is the library that runs the network. TensorFlow takes the weights as they
// are. LiteRT takes a .tflite file, which this package writes in memory. Before LiteRT
// runs it here, a child process (package check) compares its vectors with TensorFlow's
// on a few pictures. The store keeps the [Verdict]. So a float encoder on the CPU has one
// name, whatever runs it. When LiteRT cannot run an encoder, config.RuntimeAuto goes back
// to TensorFlow, and the [Report] says why.
//
// An int8 encoder is calibrated once (package calibrate), and the store keeps its ranges.
//
// Two registries grow by one file and one line each: the blends (blends.go) and
// the runtimes (runtimes.go). The package needs a store only to read checkpoints and to
// keep verdicts and ranges.
package blend
