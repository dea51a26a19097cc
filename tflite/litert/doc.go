// Package litert runs .tflite files by LiteRT, Google's runtime for trained networks on devices, formerly TensorFlow Lite.
//
// The library, libLiteRt.so, is loaded when a program asks for it. A board without the library starts, and says what is
// missing when LiteRT is asked for.
//
//	library, err := litert.Load("")
//	network, err := library.Open(file, litert.Options{Threads: 2})
//	defer network.Close()
//	err = network.Run([][]byte{pixels}, [][]byte{vector})
//
// Guarantees: no C type leaves the package. Nothing falls back in silence: a network that is asked to run on a GPU runs on
// the GPU, or Open returns an error; Ran says what runs it. Run allocates no memory of Go's, and the library allocates
// what it needs when it opens the network.
//
// Caveats: the library trusts a file. Package verify checks a file of unknown origin first. A Network computes one picture
// at a time, with its own threads; several networks may compute at once. The library stays loaded until the program ends.
//
// The C API has no stable binary form yet: release 2.3.0 changed the parameters of functions of release 2.1. So Load
// accepts only the builds that `make deps` installs, by their SHA-256. A library that $EDGECLR_LITERT names is taken as it
// is, for people who build release 2.3.0 themselves.
package litert
