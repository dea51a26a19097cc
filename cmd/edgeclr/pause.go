package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// pauseCommand holds the learner of a running daemon, or lets it go on.
type pauseCommand struct{ resume bool }

func (c *pauseCommand) flags(*pflag.FlagSet) {}

func (c *pauseCommand) run(ctx context.Context, a *app, args []string) error {
	if err := noArgs(args); err != nil {
		return err
	}
	if _, held := storage.Holder(a.cfg.Data); !held {
		return fmt.Errorf("%w: no daemon owns %s; start one with `edgeclr run`", client.ErrNothingFound, a.cfg.Data)
	}
	return a.withStore(ctx, need{}, func(api *client.Client) error {
		change := api.Pause
		if c.resume {
			change = api.Resume
		}
		st, err := change(ctx)
		if err != nil {
			return err
		}
		return a.result(st, func(w io.Writer) { fmt.Fprintf(w, "the learner is %s\n", st.Train.State) })
	})
}
