// Command launcher is installed as edgeclr. It starts the program proper,
// edgeclr-engine, under the same pid. That program is linked with
// TensorFlow's library, so two things have to happen before it starts: the
// library must be there, or the dynamic loader ends the program with a sentence that
// tells nobody what to do; and TF_ENABLE_ONEDNN_OPTS must stand in the
// environment, since the library reads it before main.
package main

import (
	"fmt"
	"os"
	"syscall"
)

// exitMissing is the shell's code for a program that cannot be started.
const exitMissing = 127

func main() {
	err := launch(os.Args, os.Environ())
	fmt.Fprintln(os.Stderr, "edgeclr:", err)
	os.Exit(exitMissing)
}

// launch returns only when the program cannot be started.
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
