// Command edgeclr learns from an unlabelled camera and answers "what looks
// like this?". `edgeclr help` lists what it does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	_ "edgeclr/model/tflog"
	"edgeclr/systemd"
)

func main() { os.Exit(program()) }

func program() int {
	if err := withOneDNN(); err != nil {
		os.Stderr.WriteString("edgeclr: " + err.Error() + "\n")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	a := &app{stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ(), journal: systemd.UnderJournal()}
	return a.main(ctx, os.Args[1:])
}
