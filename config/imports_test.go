package config

import (
	"os/exec"
	"strings"
	"testing"
)

// The launcher reads the configuration without cgo, and config lies below the
// daemon. Neither may come back through an import.
func TestConfigNeedsNeitherCgoNorTheDaemon(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}} {{.CgoFiles}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		name, files, _ := strings.Cut(strings.TrimSpace(line), " ")
		if files != "[]" {
			t.Errorf("config depends on %s, which has the cgo files %s", name, files)
		}
		if name == "edgeclr/daemon" || strings.HasPrefix(name, "edgeclr/daemon/") {
			t.Errorf("config depends on %s", name)
		}
	}
}
