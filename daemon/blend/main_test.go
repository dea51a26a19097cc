package blend

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"edgeclr/daemon/blend/check"
)

// TestMain fails when a test leaves a goroutine behind. The test program is its own child
// process that tries encoders.
func TestMain(m *testing.M) {
	if check.Child() {
		os.Exit(0)
	}
	if os.Getenv(besideVariable) != "" {
		if err := openBesideLoad(); err != nil {
			println(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
