package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"edgeclr/daemon/client"
)

// Query finds the nearest stored frames.
func Query() Entry {
	return Entry{"query", "IMAGE|ID", "find the nearest stored frames", func() Command { return &query{} }}
}

type query struct {
	ModelFlags
	k    int
	html string
}

func (c *query) Flags(fs *pflag.FlagSet) {
	fs.IntVarP(&c.k, "k", "k", 5, "how many frames")
	fs.StringVar(&c.html, "html", "", "also write a contact sheet to this file")
}

func (c *query) Run(ctx context.Context, a *App, args []string) error {
	if len(args) != 1 {
		return Usagef("query takes one picture or the number of a stored frame: edgeclr query IMAGE|ID")
	}
	if c.k < 1 || c.k > 1000 {
		return Usagef("-k %d is not a number from 1 to 1000", c.k)
	}
	return a.WithStore(ctx, Need{}, func(api *client.Client) error {
		answer, asked, err := c.ask(ctx, a, api, args[0])
		if err != nil {
			return err
		}
		if c.html != "" {
			if err := writeSheet(ctx, api, c.html, args[0], asked, answer); err != nil {
				return err
			}
			a.Say("contact sheet: %s", c.html)
		}
		return a.Result(answer, func(w io.Writer) { PrintHits(w, answer) })
	})
}

// ask sends an existing file as a picture, and anything else as the number of a
// frame. asked is the picture that was sent; it is nil for a number.
func (c *query) ask(ctx context.Context, a *App, api *client.Client, what string) (answer client.QueryReply, asked []byte, err error) {
	info, statErr := os.Stat(what)
	if statErr != nil {
		answer, err = api.QueryFrame(ctx, what, c.k, c.Checkpoint)
		return answer, nil, err
	}
	if !info.Mode().IsRegular() {
		return answer, nil, Usagef("%s is not a file", what)
	}
	if asked, err = ReadLimited(what, int64(a.Config.Limits.FileBytes)); err != nil {
		return answer, nil, err
	}
	if answer, err = api.QueryImage(ctx, asked, c.k, c.Checkpoint); err != nil {
		return answer, nil, fmt.Errorf("%s: %w", what, err)
	}
	return answer, asked, nil
}

// PrintHits shows an answer as a table.
func PrintHits(w io.Writer, answer client.QueryReply) {
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

// ReadLimited reads a file up to a limit in bytes. It reads one byte more of a
// longer file, so that the service counts the file as too large.
func ReadLimited(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit+1))
}
