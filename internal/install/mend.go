// Package install knows where the program may be installed, and how to mend it there.
package install

import (
	"os"
	"path/filepath"
	"strings"
)

// Mend is the command that restores missing files of a program at that path. For
// the Debian package it is apt's. For a build it is the command of the caller.
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

// MendSelf is Mend for the running program.
func MendSelf(build string) string {
	self, err := os.Executable()
	if err != nil {
		return build
	}
	return Mend(self, build)
}
