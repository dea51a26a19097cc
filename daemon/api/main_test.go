package api

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a test leaves a goroutine behind. Nothing is ignored.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
