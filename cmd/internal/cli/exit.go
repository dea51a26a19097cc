package cli

import (
	"errors"
	"fmt"

	"edgeclr/camera"
	"edgeclr/camera/stream"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// Exit codes of every command. `edgeclr help` lists them.
const (
	ExitDone    = 0
	ExitFailed  = 1
	ExitUsage   = 2
	ExitPartly  = 3
	ExitInUse   = 4
	ExitNothing = 5
	ExitConfig  = config.ExitCode
)

var (
	// ErrUsage is returned for a command line that makes no sense.
	ErrUsage = errors.New("usage")
	// ErrPartly is returned when a part of the work was left out. The result tells which.
	ErrPartly = errors.New("partly done")
)

// Usagef makes an ErrUsage whose message is the text alone.
func Usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

type usageError struct{ text string }

func (e *usageError) Error() string        { return e.text }
func (e *usageError) Is(target error) bool { return target == ErrUsage }

// ExitCode is the one place where errors become exit codes.
func ExitCode(err error) int {
	var bad *config.Error
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &bad):
		return ExitConfig
	case errors.Is(err, ErrUsage), errors.Is(err, client.ErrContradiction),
		errors.Is(err, camera.ErrUnknownSource), errors.Is(err, camera.ErrBadURI), errors.Is(err, camera.ErrBadOption):
		return ExitUsage
	case errors.Is(err, storage.ErrInUse):
		return ExitInUse
	case errors.Is(err, client.ErrNothingFound), errors.Is(err, storage.ErrNotFound), errors.Is(err, stream.ErrTooFew):
		return ExitNothing
	case errors.Is(err, ErrPartly):
		return ExitPartly
	}
	return ExitFailed
}
