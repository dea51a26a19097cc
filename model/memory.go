package model

// #include <malloc.h>
import "C"

import "runtime/debug"

// returnMemory gives back to the system what TensorFlow and Go freed. The C
// library keeps what a training session gave back for the next one, which on a
// small board may be hours away.
func returnMemory() {
	debug.FreeOSMemory() // finalizers free TensorFlow's tensors
	C.malloc_trim(0)
}
