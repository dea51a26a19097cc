// Package linters checks the rules of this project that general tools do not know. Only its own tests use it, so
// `make test` and `make lint` fail when a rule is broken.
//
// The rules:
//   - [Layers]: imports point down, from the command to the daemon to the parts below it.
//   - [Imports]: each foreign library has one home.
//   - [FileLength], [PackageSize], [FuncLength]: a file, a package and a function hold one idea each.
//   - [State]: no package has state that outlives its callers.
//   - [Committed]: the repository holds nothing large and nothing that cannot be read.
//   - [Listed]: docs/dependencies.md and NOTICE name what go.mod requires.
//   - [Links], [TestCommands]: each link in the documentation has a target, and each test command runs a test.
//
// Each rule is a function from sources to findings. A finding is one line: path:line: what is wrong. Generated code in
// third_party/tensorflow-core is a module of its own and is not checked.
package linters
