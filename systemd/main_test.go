package systemd

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets this program act as a service, for tests that need a process that systemd
// started.
func TestMain(m *testing.M) {
	switch os.Getenv(envRole) {
	case "service":
		os.Exit(service())
	case "log":
		os.Exit(logs())
	}
	goleak.VerifyTestMain(m)
}

// envRole tells a child process of a test which program to be.
const envRole = "EDGECLR_TEST_ROLE"
