package linters

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// homes says which folders alone may import a foreign library, so that its types, its memory and its faults stay there.
var homes = []struct {
	module  string
	folders []string
}{
	{"C", []string{"model", "tflite"}},
	{"github.com/tensorflow/tensorflow", []string{"model"}},
	{"github.com/google/flatbuffers", []string{"tflite"}},
	{"go.etcd.io/bbolt", []string{"storage"}},
	{"periph.io", []string{"camera/gpio"}},
	{"github.com/coreos/go-systemd/v22", []string{"systemd"}},
	{"gonum.org/v1/plot", []string{"cmd/edgeclr/internal/chart"}},
}

// Imports finds foreign libraries outside the folder that is their home, tests included.
func Imports(sources []Source) []string {
	var findings []string
	for _, s := range sources {
		for _, spec := range s.File.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				findings = append(findings, fmt.Sprintf("%s: %v", s.Path, err))
				continue
			}
			for _, home := range homes {
				if within(imported, home.module) && !slices.ContainsFunc(home.folders, func(f string) bool { return within(s.Folder(), f) }) {
					findings = append(findings, s.finding(spec.Pos(), "only %s may import %q", strings.Join(home.folders, " and "), home.module))
				}
			}
		}
	}
	return findings
}

// within tells whether path is folder or lies below it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}
