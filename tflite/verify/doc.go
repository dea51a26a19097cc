// Package verify decides whether a .tflite file from outside may reach a C library.
//
// The library trusts its files: a wrong offset reads foreign memory, and a stride of 0
// divides by zero. [Check] reads every byte that the library follows, before the
// library does. It works in three steps.
//
//  1. Structure: each offset, vtable, vector, string and alignment of the flatbuffer
//     lies inside the file. The tables of the schema are data (schema.go), as in the
//     verifier that flatc generates for C++. Go's flatbuffers library has none, and its
//     accessors panic on a wrong offset.
//  2. Graph: indices, types, buffer sizes, quantisation parameters, and the order of the
//     operators.
//  3. Operators: only those that image encoders use. Each has a rule (rules.go) that
//     computes the shape of its output from its inputs and options. A file whose shapes
//     differ is refused. So the sizes of all tensors are known before anything runs, and
//     with them the memory and the arithmetic, which [Limits] bound.
//
// The file must be an image encoder: one square picture in, one vector out.
//
// A file that passes can still meet a bug of the library. Whoever loads a file of a
// stranger does that in a child process first.
//
// The package does not use cgo and holds no state.
package verify
