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
// This program loads TensorFlow and LiteRT when it needs them. It is installed as
// edgeclr-engine.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/blend/check"
	"edgeclr/systemd"
)

// release is set by the linker for releases.
var release string //nolint:gochecknoglobals // the linker can only set a variable

func main() { os.Exit(program()) }

func program() int {
	setEnvironment()
	if check.Child() {
		return 0
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

// oneDNN is the variable that makes TensorFlow use its fast kernels: about twice the
// speed of training.
const oneDNN = "TF_ENABLE_ONEDNN_OPTS"

// setEnvironment turns oneDNN on and the log of TensorFlow off, below errors, unless the
// user set these variables. TensorFlow reads them when it is loaded. This happens first,
// since C code of other threads might read the environment later.
func setEnvironment() {
	for name, value := range map[string]string{oneDNN: "1", "TF_CPP_MIN_LOG_LEVEL": "2"} {
		if _, ok := os.LookupEnv(name); !ok {
			os.Setenv(name, value)
		}
	}
}
