// Command edgeclr learns from an unlabelled camera and answers "what looks
// like this?". `edgeclr help` lists its commands.
//
// Each command is a file of its name, and a line in commands.go. The commands that a
// running service answers (status, query, label and others) are in package
// cmd/internal/cli, which the launcher shares, with the flags and the exit codes of
// all commands. What several commands here share is in a few files:
//
//   - store.go opens the store in this process.
//   - pictures.go reads the pictures of folders and of rendered scenes.
//   - embedder.go chooses what computes vectors: a service, or an encoder in this process.
//   - terminal.go shows progress, and notices that a terminal was closed.
//   - watchdog.go reports the state of the daemon to systemd.
//
// This program is linked with TensorFlow. It is installed as edgeclr-engine.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"edgeclr/cmd/internal/cli"
	_ "edgeclr/model/tflog"
	"edgeclr/systemd"
)

// release is set by the linker for releases.
var release string //nolint:gochecknoglobals // the linker can only set a variable

func main() { os.Exit(program()) }

func program() int {
	if err := withOneDNN(); err != nil {
		os.Stderr.WriteString("edgeclr: " + err.Error() + "\n")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	a := &cli.App{
		Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(), Journal: systemd.UnderJournal(),
		Version: cli.Version(release), Commands: commands(), Open: openStore,
	}
	return a.Main(ctx, os.Args[1:])
}

// oneDNN is the variable that makes TensorFlow use its fast kernels. The library
// reads it while it is loaded, before main.
const oneDNN = "TF_ENABLE_ONEDNN_OPTS"

// withOneDNN executes the program again, under the same pid, if the variable is
// missing. It also quiets the log of the library unless a variable asks for it.
func withOneDNN() error {
	if _, ok := os.LookupEnv(oneDNN); ok {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("training will be slow: set %s=1 (%w)", oneDNN, err)
	}
	environ := append(os.Environ(), oneDNN+"=1")
	if _, ok := os.LookupEnv("TF_CPP_MIN_LOG_LEVEL"); !ok {
		environ = append(environ, "TF_CPP_MIN_LOG_LEVEL=2")
	}
	return fmt.Errorf("training will be slow: set %s=1 (%w)", oneDNN, syscall.Exec(program, os.Args, environ))
}
