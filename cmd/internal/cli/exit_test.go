package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"edgeclr/camera"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

func TestExitCode(t *testing.T) {
	remote := func(code string) error {
		return &client.RemoteError{Problem: client.Problem{Code: code, Message: "m"}}
	}
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"done", nil, 0},
		{"failed", errors.New("e"), 1},
		{"interrupted", context.Canceled, 1},
		{"disk full", storage.ErrFull, 1},
		{"usage", Usagef("u"), 2},
		{"contradiction", client.ErrContradiction, 2},
		{"contradiction, from the owner of the store", remote("contradiction"), 2},
		{"unknown source", camera.ErrUnknownSource, 2},
		{"partly", fmt.Errorf("%w: 1 of 2", ErrPartly), 3},
		{"in use", &storage.InUseError{PID: 1, Command: "edgeclr run"}, 4},
		{"nothing found", client.ErrNothingFound, 5},
		{"no such checkpoint, from the owner of the store", remote("not_found"), 5},
		{"no such frame", storage.ErrNotFound, 5},
		{"bad configuration", &config.Error{Problems: []config.Problem{{Text: "p"}}}, 78},
		{"bad configuration with a missing source", &config.Error{Problems: []config.Problem{{Text: "p", Err: camera.ErrUnknownSource}}}, 78},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ExitCode(tt.err); got != tt.want {
				t.Errorf("ExitCode(%v) = %d, want %d", tt.err, got, tt.want)
			}
			if tt.err == nil {
				return
			}
			if got := ExitCode(errors.Join(fmt.Errorf("doing: %w", tt.err), errors.New("closing"))); got != tt.want {
				t.Errorf("wrapped, %d, want %d", got, tt.want)
			}
		})
	}
}
