// Package core completes TensorFlow's Go module.
//
// github.com/tensorflow/tensorflow/tensorflow/go imports protocol buffer packages below this path, which its authors
// generate while they build and do not publish. This nested module holds them, under the import path TensorFlow
// expects; a replace directive in EdgeCLR's go.mod joins the two.
//
// Every .pb.go file here is made by generate.sh from the .proto files of the TensorFlow release that EdgeCLR's go.mod
// pins. Do not edit them: run `make generate`. `make lint` fails when they differ from what generate.sh makes.
package core

//go:generate ./generate.sh
