// Command launcher is installed as edgeclr. It has two tasks.
//
// It handles the commands that a running service answers (cli.Answered lists them).
// It is built without cgo and needs no library of the system. For everything else it
// executes edgeclr-engine under the same pid.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"edgeclr/internal/install"
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
	err = syscall.Exec(engine, args, environ)
	return fmt.Errorf("starting %s: %w; run `%s`", engine, err, install.Mend(engine, repairCommands))
}
