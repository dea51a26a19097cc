// Package model is the learning core: encoders, the projection head, the
// contrastive loss and the training step, run by TensorFlow.
//
// The architectures are data (package arch); this package lowers them to a
// TensorFlow graph. An [Encoder] turns pictures into L2-normalised vectors
// with its weights frozen into the graph. A [Trainer] holds the same encoder
// with a projection head and trains both by SimCLR (Chen et al. 2020, "A Simple
// Framework for Contrastive Learning of Visual Representations").
//
// Conventions: images are NHWC, RGB, uint8 into the graph, and are cast and
// normalised inside it. Weights outside the graph have PyTorch's layout and
// names; inside, kernels are HWIO. Batch normalisation is frozen unless asked
// otherwise: its running statistics are what the pretrained network knows, and
// a frozen one folds into the convolution before it.
//
// All use of TensorFlow, and with it all cgo, is in this package; no
// TensorFlow type leaves it. The library reads TF_ENABLE_ONEDNN_OPTS when the
// process starts, so it must stand in the environment by then (about twice the
// speed of training; cmd/edgeclr sees to it).
package model
