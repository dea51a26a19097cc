package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// backupCommand copies a live store to a file.
type backupCommand struct{}

func (c *backupCommand) flags(*pflag.FlagSet) {}

func (c *backupCommand) run(ctx context.Context, a *app, args []string) error {
	if len(args) != 1 {
		return usagef("backup takes one file: edgeclr backup FILE")
	}
	return a.withStore(ctx, need{}, func(api *client.Client) error {
		body, err := api.Backup(ctx)
		if err != nil {
			return err
		}
		defer body.Close()
		report := exportReport{Path: args[0]}
		if report.Bytes, report.SHA256, err = writeFile(args[0], 0o600, body); err != nil {
			return err
		}
		return a.result(report, func(w io.Writer) { fmt.Fprintf(w, "%s: %d bytes\n", report.Path, report.Bytes) })
	})
}

// compactCommand shrinks an idle store.
type compactCommand struct{}

func (c *compactCommand) flags(*pflag.FlagSet) {}

func (c *compactCommand) run(ctx context.Context, a *app, args []string) error {
	if err := noArgs(args); err != nil {
		return err
	}
	if !storeExists(a.cfg.Data) {
		return fmt.Errorf("%w: there is no store in %s", client.ErrNothingFound, a.cfg.Data)
	}
	before, after, err := storage.Compact(ctx, a.cfg.Data)
	if err != nil {
		return err
	}
	report := struct {
		Before int64 `json:"before_bytes"`
		After  int64 `json:"after_bytes"`
	}{before, after}
	return a.result(report, func(w io.Writer) { fmt.Fprintf(w, "%d bytes, %d before\n", after, before) })
}
