package decode

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sharedData returns the path of a folder of the shared data, or skips.
func sharedData(t testing.TB, elem ...string) string {
	t.Helper()
	shared := os.Getenv("EDGECLR_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	path := filepath.Join(append([]string{shared, "data"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared data are not here: %v (set EDGECLR_SHARED)", err)
	}
	return path
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
