// Package install knows where the program may lie, and what mends it there.
package install

import (
	"os"
	"path/filepath"
	"strings"
)

// Mend is the command that brings back what is missing of a program at that
// path: for the Debian package apt's, else what the caller says for a build.
func Mend(program, build string) string {
	if real, err := filepath.EvalSymlinks(program); err == nil {
		program = real
	}
	for _, folder := range []string{"/usr/bin/", "/usr/lib/edgeclr/"} { // packaging/nfpm.yaml
		if strings.HasPrefix(program, folder) {
			return "sudo apt-get install --reinstall edgeclr"
		}
	}
	return build
}

// MendSelf is Mend for the program that runs.
func MendSelf(build string) string {
	self, err := os.Executable()
	if err != nil {
		return build
	}
	return Mend(self, build)
}
