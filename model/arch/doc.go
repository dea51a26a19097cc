// Package arch holds encoder architectures as data, and their plans.
//
// An [Architecture] is written once, as a list of named nodes. The names are those
// of the pretrained weights (torchvision, efficientnet_lite_pytorch). A [Plan] is an
// architecture at one input size: it fixes the order of evaluation, the shape of
// every output, the padding on every side, and how a picture is resized for
// evaluation.
//
// Emitters read the plan and compute none of this themselves. Package model emits a
// TensorFlow graph. Package archtest has two small ones: a listing and an evaluation
// in plain Go. The weight importer checks a file against [Architecture.Specs], and
// [Architecture.Fold] prepares the weights for inference.
//
// To add an architecture, write one file with a function that returns it (see
// resnet18.go) and add one line to the registry.
//
// Layout: kernels are [out, in/groups, height, width] and dense kernels [out, in],
// as PyTorch's files hold them. Images and feature maps are NHWC. An image has 3
// channels in RGB order with values 0 to 255.
//
// The package uses no cgo.
package arch
