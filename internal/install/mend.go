// Package install knows where the program may be installed, and which command repairs an
// installation.
package install

import (
	"os"
	"path/filepath"
	"strings"
)

// Mend returns the shell command that restores missing files of the program at that path:
// apt's for a program of the Debian package, otherwise build, which the caller gives.
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

// MendSelf returns Mend for the running program.
func MendSelf(build string) string {
	self, err := os.Executable()
	if err != nil {
		return build
	}
	return Mend(self, build)
}
