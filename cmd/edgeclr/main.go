// Command edgeclr learns from an unlabelled camera and answers "what looks
// like this?". `edgeclr help` lists what it does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if err := withOneDNN(); err != nil {
		os.Stderr.WriteString("edgeclr: " + err.Error() + "\n")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	app := &app{stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ()}
	code := app.main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
