package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"edgeclr/config"
	"edgeclr/daemon/client"
)

// Checkpoints lists the checkpoints and chooses which serves.
func Checkpoints() Entry {
	return Entry{"checkpoints", "[list|promote ID|rollback|resize PX]", "list checkpoints, choose the one that serves, and its size", func() Command { return checkpoints{} }}
}

type checkpoints struct{}

func (checkpoints) Flags(*pflag.FlagSet) {}

func (checkpoints) Run(ctx context.Context, a *App, args []string) error {
	action := "list"
	if len(args) > 0 {
		action = args[0]
	}
	size := 0
	switch {
	case action == "list" && len(args) <= 1, action == "rollback" && len(args) == 1, action == "promote" && len(args) == 2:
	case action == "resize" && len(args) == 2:
		var err error
		if size, err = strconv.Atoi(args[1]); err != nil || size < config.LeastSize || size > config.LargestSize {
			return Usagef("checkpoints resize %s: give the serving size in pixels, %d to %d", args[1], config.LeastSize, config.LargestSize)
		}
	default:
		return Usagef("checkpoints takes nothing, list, promote ID, rollback, or resize PX")
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
		case "resize":
			a.Say("the stored frames are embedded at %d px; queries go on meanwhile", size)
			answer, err := api.Resize(ctx, size)
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
	return a.Result(answer, func(w io.Writer) {
		fmt.Fprintf(w, "checkpoint %s serves at %d px; %d frames were embedded for it\n", answer.Checkpoint, answer.Size, answer.Embedded)
	})
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
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", mark, cp.ID, cp.Kind, cp.Arch, cp.Size, BlendText(cp.Blend, cp.Share), loss,
			cp.Created.Local().Format("2006-01-02 15:04"), cp.Note)
	}
	_ = table.Flush()
}
