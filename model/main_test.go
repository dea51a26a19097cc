package model

import (
	"fmt"
	"os"
	"testing"

	"edgeclr/model/tfload"
)

// Some tests build graphs of their own.
func TestMain(m *testing.M) {
	if err := tfload.Load(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
