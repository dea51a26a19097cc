// Package objective holds the self-supervised objectives that an encoder can
// learn by: NT-Xent of SimCLR and its relatives, one file each.
//
// An [Objective] is a description and one function. The description names its
// heads, and says whether it needs a target network, a queue or positives. The
// function builds the loss from the outputs of the networks. It does so through
// [Graph], a small set of operations. Package model implements them on
// TensorFlow, owns the weights, takes the gradients and runs the steps. So this
// package needs no cgo, and the configuration can read the registry.
//
// To add an objective, write one file with a function that returns it, and add
// one line to the registry. Its name is then a value of learn.loss. The checks of
// the configuration, the messages and the help come from the registry.
//
// Rows: a batch of N pictures has 2N views. Rows i and N+i of every [2N,D] tensor
// belong to the two views of picture i.
package objective
