package learn

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"edgeclr/daemon/blend/check"
)

// TestMain fails when a test leaves a goroutine behind. Nothing is ignored. The test
// program is its own child process that tries files of encoders.
func TestMain(m *testing.M) {
	if check.Child() {
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
