package client_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The launcher links this package without cgo, so that it answers before
// TensorFlow could be loaded. The launcher's own test builds it so.
func TestNeedsNoCgo(t *testing.T) {
	// With cgo the list also holds the files that a build without it leaves out.
	cmd := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{.ImportPath}}{{if .CgoFiles}} cgo{{end}}{{end}}`, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		path, cgo := strings.CutSuffix(line, " cgo")
		if cgo || path == "edgeclr/daemon" || path == "edgeclr/model" || strings.Contains(path, "tensorflow") {
			t.Errorf("the client imports %s", path)
		}
	}
}
