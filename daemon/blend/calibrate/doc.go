// Package calibrate finds the ranges with which an encoder computes in int8.
//
// The float network runs in TensorFlow on pictures of the camera, and the distribution
// of each step's output is gathered. Ranges that keep all values, and ranges that cut off
// the rarest ones, are tried: each becomes a .tflite file, which LiteRT runs on pictures
// that were held back. The ranges whose vectors agree best with those of the float network
// win (post-training static quantisation: Jacob et al. 2018, "Quantization and Training
// of Neural Networks for Efficient Integer-Arithmetic-Only Inference"; ranges that cut
// off: Wu et al. 2020, "Integer Quantization for Deep Learning Inference", section 4).
//
// Both libraries run in this process. A service that wants neither in its memory runs it
// in a child process.
package calibrate
