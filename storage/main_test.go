package storage

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain runs the child process that a test started. Otherwise it runs the tests,
// which must leave no goroutine behind.
func TestMain(m *testing.M) {
	if role := os.Getenv("STORAGE_TEST_CHILD"); role != "" {
		os.Exit(child(role, os.Getenv("STORAGE_TEST_DIR")))
	}
	goleak.VerifyTestMain(m)
}

func child(role, dir string) int {
	switch role {
	case "write":
		return childWrite(dir)
	case "learn":
		return childLearn(dir)
	case "promote":
		return childPromote(dir)
	case "full":
		return childFull(dir)
	case "hold":
		return childHold(dir)
	}
	return 99
}
