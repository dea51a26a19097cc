package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
	"edgeclr/internal/atomicfile"
)

// backupCommand copies a live store to a file.
type backupCommand struct{}

func (c *backupCommand) Flags(*pflag.FlagSet) {}

func (c *backupCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("backup takes one file: edgeclr backup FILE")
	}
	return a.WithStore(ctx, cli.Need{}, func(api *client.Client) error {
		body, err := api.Backup(ctx)
		if err != nil {
			return err
		}
		defer body.Close()
		report := exportReport{Path: args[0]}
		if report.Bytes, report.SHA256, err = atomicfile.Write(args[0], 0o600, body); err != nil {
			return err
		}
		return a.Result(report, func(w io.Writer) { fmt.Fprintf(w, "%s: %d bytes\n", report.Path, report.Bytes) })
	})
}
