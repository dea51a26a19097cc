package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"edgeclr/daemon/client"
)

// queryCommand finds the nearest stored frames.
type queryCommand struct {
	modelFlags
	k    int
	html string
}

func (c *queryCommand) flags(fs *pflag.FlagSet) {
	fs.IntVarP(&c.k, "k", "k", 5, "how many frames")
	fs.StringVar(&c.html, "html", "", "also write a contact sheet to this file")
}

func (c *queryCommand) run(ctx context.Context, a *app, args []string) error {
	if len(args) != 1 {
		return usagef("query takes one picture or the number of a stored frame: edgeclr query IMAGE|ID")
	}
	if c.k < 1 || c.k > 1000 {
		return usagef("-k %d is not a number from 1 to 1000", c.k)
	}
	return a.withStore(ctx, need{}, func(api *client.Client) error {
		answer, asked, err := c.ask(ctx, a, api, args[0])
		if err != nil {
			return err
		}
		if c.html != "" {
			if err := writeSheet(ctx, api, c.html, args[0], asked, answer); err != nil {
				return err
			}
			a.say("contact sheet: %s", c.html)
		}
		return a.result(answer, func(w io.Writer) { printHits(w, answer) })
	})
}

// ask sends an existing file as a picture, anything else as a frame's number.
// Asked is the picture that was sent, nil for a number.
func (c *queryCommand) ask(ctx context.Context, a *app, api *client.Client, what string) (answer client.QueryReply, asked []byte, err error) {
	info, statErr := os.Stat(what)
	if statErr != nil {
		answer, err = api.QueryFrame(ctx, what, c.k, c.checkpoint)
		return answer, nil, err
	}
	if !info.Mode().IsRegular() {
		return answer, nil, usagef("%s is not a file", what)
	}
	if asked, err = readLimited(what, int64(a.cfg.Limits.FileBytes)); err != nil {
		return answer, nil, err
	}
	if answer, err = api.QueryImage(ctx, asked, c.k, c.checkpoint); err != nil {
		return answer, nil, fmt.Errorf("%s: %w", what, err)
	}
	return answer, asked, nil
}

func printHits(w io.Writer, answer client.QueryReply) {
	const timeFormat = "2006-01-02 15:04:05"
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "similarity\tid\ttime\tlabel\tpath\n")
	for _, h := range answer.Results {
		fmt.Fprintf(table, "%.4f\t%d\t%s\t%s\t%s", h.Similarity, h.ID, h.Time.Local().Format(timeFormat), h.Label, h.Path)
		if n := h.Sightings.Count; n > 0 {
			fmt.Fprintf(table, " (seen again: %d, last %s)", n, h.Sightings.Last.Local().Format(timeFormat))
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
}
