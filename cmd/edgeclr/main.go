// Command edgeclr learns from an unlabelled camera and answers "what looks
// like this?". `edgeclr help` lists what it does.
package main

import (
	"context"
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
