// Package tflite writes encoders as .tflite files (LiteRT, once TensorFlow Lite).
//
// A [Model] says what a file computes: an architecture at one size ([arch.Plan]), the
// weights, and the types of its input and output. [Model.Encode] returns the file:
//
//	image [1,H,W,3], pixels 0 to 255, RGB
//	  -> normalisation of the pixels
//	  -> the steps of the plan, with batch normalisation folded and activations fused
//	  -> projection head, if there is one
//	  -> L2 normalisation
//	embedding [1,D], of length 1
//
// A join has both encoders on one image; each half is normalised, they are concatenated,
// and the result is normalised.
//
// What every file keeps to: one subgraph; batch 1 and constant shapes; each operator at the
// lowest version that expresses it; no activation in a pool; a signature (serving_default)
// with image, embedding and, if wanted, map; metadata that MediaPipe's tasks read. The
// Edge TPU compiler and old runtimes refuse more. Equal models give equal bytes.
//
// A picture in which the encoder finds nothing has features of zero. Their normalisation
// is zero too. Package model marks such a vector after it was computed; a file cannot.
//
// How it is built: network.go, head.go and output.go lower a plan to a graph of plain Go
// values (graph.go), and encode.go and metadata.go write the graph as flatbuffers. The way in
// which tensors hold numbers is an interface (numbers.go), so that float and int8 share
// everything else.
//
// The package uses no cgo and does not run a file; package litert does.
package tflite
