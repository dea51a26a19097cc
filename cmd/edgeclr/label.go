package main

import (
	"context"
	"fmt"
	"io"
	"sort"
	"strconv"

	"github.com/spf13/pflag"

	"edgeclr/daemon/client"
)

// labelCommand names frames.
type labelCommand struct{}

func (c *labelCommand) flags(*pflag.FlagSet) {}

func (c *labelCommand) run(ctx context.Context, a *app, args []string) error {
	if len(args) < 2 {
		return usagef("label takes the numbers of frames and a name: edgeclr label ID... NAME (an empty name takes the label away)")
	}
	name, ids := args[len(args)-1], make([]uint64, 0, len(args)-1)
	for _, text := range args[:len(args)-1] {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return usagef("%q is not the number of a frame; `edgeclr query` shows them", text)
		}
		ids = append(ids, id)
	}
	return a.withStore(ctx, need{}, func(api *client.Client) error {
		answer, err := api.Label(ctx, ids, name)
		if err != nil {
			return err
		}
		return a.result(answer, func(w io.Writer) { printLabels(w, answer) })
	})
}

// labelsCommand counts the frames of each name.
type labelsCommand struct{}

func (c *labelsCommand) flags(*pflag.FlagSet) {}

func (c *labelsCommand) run(ctx context.Context, a *app, args []string) error {
	if err := noArgs(args); err != nil {
		return err
	}
	return a.withStore(ctx, need{}, func(api *client.Client) error {
		answer, err := api.Labels(ctx)
		if err != nil {
			return err
		}
		return a.result(answer, func(w io.Writer) { printLabels(w, answer) })
	})
}

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
