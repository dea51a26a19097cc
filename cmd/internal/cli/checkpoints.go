package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"edgeclr/daemon/client"
)

// Checkpoints lists the checkpoints and chooses which serves.
func Checkpoints() Entry {
	return Entry{"checkpoints", "[list|promote ID|rollback]", "list checkpoints, and choose the one that serves", func() Command { return checkpoints{} }}
}

type checkpoints struct{}

func (checkpoints) Flags(*pflag.FlagSet) {}

func (checkpoints) Run(ctx context.Context, a *App, args []string) error {
	action := "list"
	if len(args) > 0 {
		action = args[0]
	}
	switch {
	case action == "list" && len(args) <= 1, action == "rollback" && len(args) == 1, action == "promote" && len(args) == 2:
	default:
		return Usagef("checkpoints takes nothing, list, promote ID, or rollback")
	}
	return a.WithStore(ctx, Need{}, func(api *client.Client) error {
		switch action {
		case "promote":
			a.Say("checkpoint %s embeds the stored frames; queries go on meanwhile", args[1])
			answer, err := api.Promote(ctx, args[1])
			return a.servingChanged(answer, err)
		case "rollback":
			answer, err := api.Rollback(ctx)
			return a.servingChanged(answer, err)
		}
		answer, err := api.Checkpoints(ctx)
		if err != nil {
			return err
		}
		return a.Result(answer, func(w io.Writer) { printCheckpoints(w, answer) })
	})
}

// servingChanged answers with the checkpoint that serves now.
func (a *App) servingChanged(answer client.PromoteReply, err error) error {
	if err != nil {
		return err
	}
	return a.Result(answer, func(w io.Writer) { fmt.Fprintf(w, "checkpoint %s serves\n", answer.Checkpoint) })
}

// printCheckpoints shows the checkpoints as a table, with a star at the one that serves.
func printCheckpoints(w io.Writer, answer client.CheckpointsReply) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\tid\tkind\tarch\tsize\tblend\tloss\tcreated\tnote\n")
	for _, cp := range answer.Checkpoints {
		mark := ""
		if string(cp.ID) == answer.Serving {
			mark = "*"
		}
		loss := ""
		if cp.Loss != 0 {
			loss = fmt.Sprintf("%.3f", cp.Loss)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", mark, cp.ID, cp.Kind, cp.Arch, cp.Size, orNone(cp.Blend), loss,
			cp.Created.Local().Format("2006-01-02 15:04"), cp.Note)
	}
	_ = table.Flush()
}
