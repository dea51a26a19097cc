package client_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The launcher links this package without cgo, so that it answers before
// TensorFlow could be loaded.
func TestNeedsNoCgo(t *testing.T) {
	run := func(cgo string, args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("0", "build", ".")
	// With cgo the list also holds the files that a build without it leaves out.
	with := run("1", "list", "-deps", "-f", `{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}`, ".")
	if needy := strings.Fields(with); len(needy) > 0 {
		t.Errorf("these packages use cgo: %s", strings.Join(needy, ", "))
	}
	for _, path := range strings.Fields(run("1", "list", "-deps", ".")) {
		if path == "edgeclr/daemon" || path == "edgeclr/model" || strings.Contains(path, "tensorflow") {
			t.Errorf("the client imports %s", path)
		}
	}
}
