// Package arch holds encoder architectures as data.
//
// An architecture is written once, as a list of named nodes that use the
// tensor names of the weights' origin (torchvision, efficientnet_lite_pytorch).
// Everything else is derived from that list: package model lowers it to a
// TensorFlow graph, package tflite to a flatbuffer, and the weight importer
// checks a file against Specs. A new architecture is one new file and one line
// in the registry.
//
// Tensors are described in PyTorch's layout, since that is what files hold:
// convolution kernels are [out, in/groups, height, width], dense kernels
// [out, in]. Images are NHWC with 3 channels in RGB order, values 0 to 255.
package arch
