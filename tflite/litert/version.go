package litert

// #include "litert.h"
// #include <stdlib.h>
import "C"

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"unsafe"
)

// Release is the release of LiteRT that this package is written for.
const Release = "2.3.0"

// build returns the SHA-256 of libLiteRt.so in the wheel of Release for an architecture. The library does not tell its
// version, and its arm64 build has no build ID.
func build(arch string) string {
	switch arch {
	case "amd64":
		return "eec47eb35e2924b3166015887e652a58edc9af823ae38e02bf83bef2548300bb"
	case "arm64":
		return "b57687dc234d2b8b0598aef5a9c961ed24263df8f8b3f56adbee1cff618e544b"
	}
	return ""
}

// identify finds out which build was loaded. A build that nobody named must be the pinned one.
func (l *Library) identify(named bool) error {
	path := C.litert_path(l.c)
	defer C.free(unsafe.Pointer(path))
	l.path = C.GoString(path)
	sum, err := hashFile(l.path)
	if err != nil {
		return fmt.Errorf("reading LiteRT's library: %w", err)
	}
	switch {
	case sum == build("amd64") || sum == build("arm64"):
		l.version = Release
	case named:
		l.version = "unknown"
	default:
		return fmt.Errorf("%w: %s is another build (SHA-256 %.8s); %s", ErrVersion, l.path, sum, mend())
	}
	return nil
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
