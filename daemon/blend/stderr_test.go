package blend

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/tflite/litert"
)

// besideVariable makes this program the child of TestLibrariesShareStderr.
const besideVariable = "BLEND_TEST_BESIDE"

// openBesideLoad opens networks by LiteRT, one after the other, while TensorFlow is
// loaded.
func openBesideLoad() error {
	a, err := arch.Get("resnet18")
	if err != nil {
		return err
	}
	plan, err := arch.NewPlan(a, 32)
	if err != nil {
		return err
	}
	file, err := encode(plan, network{set: model.Random(a, 1), arch: a, size: 32})
	if err != nil {
		return err
	}
	library, err := new(Opener).liteRT()
	if err != nil {
		return err
	}
	loaded := make(chan error)
	go func() { loaded <- model.Load() }()
	for {
		network, err := library.Open(file, litert.Options{Threads: 1})
		if err != nil {
			return err
		}
		network.Close()
		select {
		case err := <-loaded:
			return err
		default:
		}
	}
}

// Both libraries exchange C's stderr for a while. At the same time, neither may take the
// other's stream for the one to give back. What TensorFlow says while it is loaded would
// then be seen, and what C code says afterwards would be lost.
func TestLibrariesShareStderr(t *testing.T) {
	needLiteRT(t)
	for range 3 {
		cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
		cmd.Env = append(os.Environ(), besideVariable+"=1")
		out, err := cmd.CombinedOutput()
		if text := strings.TrimSpace(string(out)); err != nil || text != "" {
			t.Fatalf("%v, and the libraries wrote %q", err, text)
		}
	}
}
