// Command launcher is installed as edgeclr. It has two tasks.
//
// It handles the commands that a running service answers (cli.Answered lists them).
// It is built without cgo, so that takes milliseconds. The engine, edgeclr-engine,
// would load TensorFlow's library first.
//
// For everything else it executes edgeclr-engine under the same pid. Two things must
// hold before that. The library must be there: without it the dynamic loader ends the
// engine with a message that does not say what to do. And TF_ENABLE_ONEDNN_OPTS must be
// in the environment, since the library reads it before main.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// exitMissing is the shell's code for a program that cannot be started.
const exitMissing = 127

// release is set by the linker for releases.
var release string //nolint:gochecknoglobals // the linker can only set a variable

func main() {
	if code, done := answer(os.Args[1:], os.Environ()); done {
		os.Exit(code)
	}
	err := launch(os.Args, os.Environ())
	fmt.Fprintln(os.Stderr, "edgeclr:", err)
	os.Exit(exitMissing)
}

// answer runs a command that a service answers. done reports whether it did so. If
// not, it has written nothing, and the engine must run.
func answer(args, environ []string) (code int, done bool) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	return ask(ctx, args, environ, os.Stdout, os.Stderr)
}

// launch replaces this process by the engine. It returns only an error.
func launch(args, environ []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	engine, err := findEngine(self)
	if err != nil {
		return err
	}
	if err := checkLibraries(engine, os.Getenv("LD_LIBRARY_PATH")); err != nil {
		return err
	}
	if err := syscall.Exec(engine, args, withOneDNN(environ)); err != nil {
		return fmt.Errorf("starting %s: %w", engine, err)
	}
	return nil
}
