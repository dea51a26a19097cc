package main

import (
	"context"
	"errors"
	"io"

	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
	"edgeclr/storage"
	"edgeclr/systemd"
)

// errEngine is returned when the store has no owner: the engine must open it.
var errEngine = errors.New("the store has no owner")

// ask runs one of the commands that a service answers. done is false, and nothing is
// written, for other commands and for a store that no process owns.
func ask(ctx context.Context, args, environ []string, stdout, stderr io.Writer) (code int, done bool) {
	a := &cli.App{
		Stdout: stdout, Stderr: stderr, Environ: environ, Journal: systemd.UnderJournal(),
		Version: cli.Version(release), Commands: cli.Answered(),
		Open: func(context.Context, *cli.App, cli.Need) (*client.Client, func() error, error) {
			return nil, nil, errEngine
		},
	}
	if !a.Knows(args) {
		return 0, false
	}
	run, err := a.Prepare(args)
	if err != nil || run == nil {
		return a.End(err), true
	}
	// Nothing may be written before this, because the engine would write it again.
	if !owned(a.Config.Data) {
		return 0, false
	}
	if err = run(ctx); errors.Is(err, errEngine) { // the owner has ended since
		return 0, false
	}
	return a.End(err), true
}

// owned reports whether a process owns the store in that folder, as far as this
// user may see.
func owned(dir string) bool {
	_, held := storage.Holder(dir)
	return held || storage.Inaccessible(dir)
}
