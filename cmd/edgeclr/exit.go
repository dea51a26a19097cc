package main

import (
	"context"
	"errors"
	"fmt"

	"edgeclr/camera"
	"edgeclr/camera/stream"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// Exit codes, as the command contract has them.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitPartly  = 3
	exitInUse   = 4
	exitNothing = 5
	exitConfig  = config.ExitCode
)

var (
	// errUsage is a command line that makes no sense.
	errUsage = errors.New("usage")
	// errPartly says that a part of the work was left out; the result tells which.
	errPartly = errors.New("partly done")
)

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// usageError has no prefix of its own: the text is the whole message.
type usageError struct{ text string }

func (e *usageError) Error() string        { return e.text }
func (e *usageError) Is(target error) bool { return target == errUsage }

// exitCode is the one place where errors become exit codes.
func exitCode(err error) int {
	var bad *config.Error
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &bad):
		return exitConfig
	case errors.Is(err, errUsage), errors.Is(err, client.ErrContradiction),
		errors.Is(err, camera.ErrUnknownSource), errors.Is(err, camera.ErrBadURI), errors.Is(err, camera.ErrBadOption):
		return exitUsage
	case errors.Is(err, storage.ErrInUse):
		return exitInUse
	case errors.Is(err, client.ErrNothingFound), errors.Is(err, storage.ErrNotFound), errors.Is(err, stream.ErrTooFew):
		return exitNothing
	case errors.Is(err, errPartly):
		return exitPartly
	case errors.Is(err, context.Canceled):
		return exitFailed
	}
	return exitFailed
}
