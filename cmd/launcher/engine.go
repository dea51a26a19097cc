package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"edgeclr/internal/install"
)

// repairCommands repair a program that was built from source, and one that was installed
// from there. Messages put them between backquotes.
const repairCommands = "make deps build` in the source folder, or `make install"

// findEngine returns the path of the engine. After a build it is beside the launcher,
// after an installation in ../lib/edgeclr.
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
	return "", fmt.Errorf("the installation is not complete: there is neither %s; run `%s`", strings.Join(places, " nor "), install.Mend(self, repairCommands))
}
