// Package linters checks the rules of this project that general tools do not know. It is used by its own tests alone, so
// `make test` and `make lint` fail when a rule is broken.
//
// The rules: one package per foreign library ([Imports]), short files ([Length]), no state that outlives a caller
// ([State]), and nothing in the repository that is large or cannot be read ([Committed]); docs/dependencies.md and NOTICE
// list what go.mod names ([Listed]).
//
// Each rule is a function from sources to findings, one finding a line in the form path:line: what is wrong. Generated
// code in third_party/tensorflow-core is a module of its own and not looked at.
package linters
