package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// Pause pauses the learner of a running daemon.
func Pause() Entry {
	return Entry{"pause", "", "pause the learner", func() Command { return pause{} }}
}

// Resume lets the learner of a running daemon continue.
func Resume() Entry {
	return Entry{"resume", "", "let the learner continue", func() Command { return pause{resume: true} }}
}

type pause struct{ resume bool }

func (c pause) Flags(*pflag.FlagSet) {}

func (c pause) Run(ctx context.Context, a *App, args []string) error {
	if err := NoArgs(args); err != nil {
		return err
	}
	if _, held := storage.Holder(a.Config.Data); !held {
		return fmt.Errorf("%w: no daemon owns %s; start one with `edgeclr run`", client.ErrNothingFound, a.Config.Data)
	}
	return a.WithStore(ctx, Need{}, func(api *client.Client) error {
		change := api.Pause
		if c.resume {
			change = api.Resume
		}
		st, err := change(ctx)
		if err != nil {
			return err
		}
		return a.Result(st, func(w io.Writer) { fmt.Fprintf(w, "the learner is %s\n", st.Train.State) })
	})
}
