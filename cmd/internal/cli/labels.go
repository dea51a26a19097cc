package cli

import (
	"context"
	"fmt"
	"io"
	"sort"
	"strconv"

	"github.com/spf13/pflag"

	"edgeclr/daemon/client"
)

// Label gives frames a label.
func Label() Entry {
	return Entry{"label", "ID... NAME", "give frames a label", func() Command { return label{} }}
}

type label struct{}

func (label) Flags(*pflag.FlagSet) {}

func (label) Run(ctx context.Context, a *App, args []string) error {
	if len(args) < 2 {
		return Usagef("label takes the numbers of frames and a name: edgeclr label ID... NAME (an empty name removes the label)")
	}
	name, ids := args[len(args)-1], make([]uint64, 0, len(args)-1)
	for _, text := range args[:len(args)-1] {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return Usagef("%q is not the number of a frame; `edgeclr query` shows them", text)
		}
		ids = append(ids, id)
	}
	return a.WithStore(ctx, Need{}, func(api *client.Client) error {
		answer, err := api.Label(ctx, ids, name)
		if err != nil {
			return err
		}
		return a.Result(answer, func(w io.Writer) { printLabels(w, answer) })
	})
}

// Labels counts the frames of each label.
func Labels() Entry {
	return Entry{"labels", "", "count the frames of each label", func() Command { return labels{} }}
}

type labels struct{}

func (labels) Flags(*pflag.FlagSet) {}

func (labels) Run(ctx context.Context, a *App, args []string) error {
	if err := NoArgs(args); err != nil {
		return err
	}
	return a.WithStore(ctx, Need{}, func(api *client.Client) error {
		answer, err := api.Labels(ctx)
		if err != nil {
			return err
		}
		return a.Result(answer, func(w io.Writer) { printLabels(w, answer) })
	})
}

// printLabels shows how many frames each label has.
func printLabels(w io.Writer, answer client.LabelsReply) {
	var names []string
	for name := range answer.Labels {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(w, "%6d %s\n", answer.Labels[name], name)
	}
	if len(names) == 0 {
		fmt.Fprintln(w, "no frame has a label; `edgeclr label ID... NAME` gives one")
	}
}
