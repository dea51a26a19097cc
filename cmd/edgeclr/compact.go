package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// compactCommand shrinks the file of a store that no process uses.
type compactCommand struct{}

func (c *compactCommand) Flags(*pflag.FlagSet) {}

func (c *compactCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if err := cli.NoArgs(args); err != nil {
		return err
	}
	if !cli.StoreExists(a.Config.Data) {
		return fmt.Errorf("%w: there is no store in %s to compact; name another with --data", client.ErrNothingFound, a.Config.Data)
	}
	before, after, err := storage.Compact(ctx, a.Config.Data)
	if err != nil {
		return err
	}
	report := struct {
		Before int64 `json:"before_bytes"`
		After  int64 `json:"after_bytes"`
	}{before, after}
	return a.Result(report, func(w io.Writer) { fmt.Fprintf(w, "%d bytes, %d before\n", after, before) })
}
