package litert

// #cgo LDFLAGS: -ldl
// #include "litert.h"
// #include <stdlib.h>
import "C"

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"unsafe"

	"edgeclr/internal/install"
)

// Soname is the library's file name. Variable names the environment variable that holds a path to use instead.
const (
	Soname   = "libLiteRt.so"
	Variable = "EDGECLR_LITERT"
)

// Library is LiteRT, loaded. It is safe for concurrent use.
type Library struct {
	c       *C.litert
	path    string
	version string

	mu           sync.Mutex
	environments map[int]C.LiteRtEnvironment // by the set of accelerators that they may use
}

// Load loads the library at path. The empty path is the usual one: what $EDGECLR_LITERT names, else libLiteRt.so where the
// system's loader finds it (beside the program, in .deps after `make deps`, in LD_LIBRARY_PATH, in the system's folders).
// Load once and keep the library: each call makes an environment of its own. Errors wrap ErrMissing or ErrVersion.
func Load(path string) (*Library, error) {
	named := path
	if named == "" {
		named = os.Getenv(Variable)
	}
	if path = named; path == "" {
		path = Soname
	}
	l := &Library{c: (*C.litert)(C.calloc(1, C.sizeof_litert)), environments: map[int]C.LiteRtEnvironment{}}
	if err := l.load(path); err != nil {
		C.free(unsafe.Pointer(l.c))
		return nil, err
	}
	if err := l.identify(named != ""); err != nil {
		C.litert_unload(l.c)
		C.free(unsafe.Pointer(l.c))
		return nil, err
	}
	return l, nil
}

func (l *Library) load(path string) error {
	cpath := C.CString(path)
	defer C.free(unsafe.Pointer(cpath))
	var message, missing *C.char
	if C.litert_load(l.c, cpath, &message, &missing) == 0 {
		return nil
	}
	defer C.free(unsafe.Pointer(message))
	if missing != nil {
		C.litert_unload(l.c)
		return fmt.Errorf("%w: %s lacks the function %s; %s", ErrVersion, path, C.GoString(missing), mend())
	}
	text := C.GoString(message)
	if strings.Contains(text, "No such file") {
		return fmt.Errorf("%w: %s; %s", ErrMissing, text, mend())
	}
	return fmt.Errorf("%w: %s; %s", ErrVersion, text, mend())
}

// mend says what helps when the library cannot be used.
func mend() string {
	return "run `" + install.MendSelf("make deps") + "`, or name the library in $" + Variable + ", or set model.runtime: tensorflow"
}

// Version is the release of the library, "2.3.0", or "unknown" for a build that $EDGECLR_LITERT names and `make deps` does
// not install.
func (l *Library) Version() string { return l.version }

// Path is the file that the library was loaded from.
func (l *Library) Path() string { return l.path }

// Accelerators returns what the library can use on this board. The CPU is always there.
func (l *Library) Accelerators() ([]Accelerator, error) {
	env, err := l.environment(all)
	if err != nil {
		return nil, err
	}
	var set C.int
	if s := C.litert_accelerators(l.c, env, &set); s != 0 {
		return nil, fmt.Errorf("asking LiteRT for its accelerators: %v", status(s))
	}
	var found []Accelerator
	for a := CPU; a <= NPU; a++ {
		if int(set)&a.set() != 0 {
			found = append(found, a)
		}
	}
	return found, nil
}

// all is the set of all accelerators.
const all = C.litertCpu | C.litertGpu | C.litertNpu

// environment returns the environment for a set of accelerators. One for the CPU alone loads no other library.
func (l *Library) environment(accelerators int) (C.LiteRtEnvironment, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if env := l.environments[accelerators]; env != nil {
		return env, nil
	}
	var env C.LiteRtEnvironment
	var reports *C.char
	s := C.litert_environment(l.c, C.int(accelerators), &env, &reports)
	defer C.free(unsafe.Pointer(reports))
	if s != 0 {
		return nil, fmt.Errorf("starting LiteRT of %s: %w", l.path, failure(s, reports))
	}
	l.environments[accelerators] = env
	return env, nil
}
