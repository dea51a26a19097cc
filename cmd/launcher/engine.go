package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"edgeclr/internal/install"
)

// again repairs a program that was built, and one that was installed from there.
const again = "make deps build` in the source folder, or `make install"

// findEngine looks for the program proper. In a build it is beside the launcher;
// an installed one is in ../lib/edgeclr.
func findEngine(self string) (string, error) {
	dir := filepath.Dir(self)
	if real, err := filepath.EvalSymlinks(self); err == nil {
		dir = filepath.Dir(real)
	}
	places := []string{
		filepath.Join(dir, "edgeclr-engine"),
		filepath.Join(dir, "..", "lib", "edgeclr", "edgeclr-engine"),
	}
	for _, path := range places {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", fmt.Errorf("the program is not whole: there is neither %s; run `%s`", strings.Join(places, " nor "), install.Mend(self, again))
}

// oneDNN is the variable that makes TensorFlow use its fast kernels.
const oneDNN = "TF_ENABLE_ONEDNN_OPTS="

// withOneDNN sets the variable unless the user did.
func withOneDNN(environ []string) []string {
	for _, e := range environ {
		if strings.HasPrefix(e, oneDNN) {
			return environ
		}
	}
	return append(environ, oneDNN+"1")
}
