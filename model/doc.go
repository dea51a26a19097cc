// Package model is the learning core: encoders, the training step and the loss,
// run by TensorFlow.
//
// Architectures are data (package arch). Objectives are data and one function
// (package objective). This package lowers both to a TensorFlow graph. An
// [Encoder] turns pictures into L2-normalised vectors; its weights are fixed. A
// [Trainer] holds the same encoder with the heads of an objective and trains both
// by SimCLR (Chen et al. 2020, "A Simple Framework for Contrastive Learning of
// Visual Representations") or a relative.
//
// To follow a training step, read trainer.go (what a step feeds and fetches), then
// trainer_graph.go (the graph from images to updates), then the objective's file.
// Beside them: backward.go has the encoder's gradients, target.go the moving
// average, gradcache.go batches beyond memory, state.go what a checkpoint keeps.
//
// Conventions: images are RGB, NHWC, uint8 into the graph, which casts and
// normalises them. Weights outside the graph have PyTorch's layout and names;
// kernels inside are HWIO. Batch normalisation is frozen unless the options say
// otherwise, so that the running statistics of the pretrained network stay. Frozen
// batch normalisation folds into the convolution before it.
//
// All use of TensorFlow, and with it all cgo, is in this package. No TensorFlow
// type leaves it. The first encoder, trainer, decoder or list of devices loads the
// library (package tfload). The library reads TF_ENABLE_ONEDNN_OPTS then, so the
// variable must be in the environment (about twice the speed of training; cmd/edgeclr
// sees to it).
package model
