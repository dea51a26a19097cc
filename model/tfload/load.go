package tfload

// #cgo LDFLAGS: -L${SRCDIR}/link -ldl
// #include <stdlib.h>
// #include "load.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"edgeclr/internal/install"
)

// ErrMissing means that TensorFlow's library could not be loaded.
var ErrMissing = errors.New("TensorFlow cannot be loaded")

// Load loads the library unless it is loaded. It is safe for concurrent use. An error
// wraps ErrMissing and says what was looked for, and where. After an error a later call
// tries again.
//
// The library reads TF_ENABLE_ONEDNN_OPTS and TF_CPP_MIN_LOG_LEVEL now.
func Load() error {
	text := C.tfload_open()
	if text == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(text))
	return fmt.Errorf("%w: %s (looked in %s); run `%s`", ErrMissing, C.GoString(text),
		strings.Join(install.LibraryFolders(), ", "), install.MendSelf("make deps"))
}

// Loaded reports whether the library is loaded.
func Loaded() bool { return C.tfload_loaded() != 0 }
