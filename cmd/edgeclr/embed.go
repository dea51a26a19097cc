package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// embedCommand stores the embeddings of files, or prints them.
type embedCommand struct {
	cli.ModelFlags
	blendFlags
	print bool
}

// embedReport is the command's result.
type embedReport struct {
	Embedded   int            `json:"embedded"`
	Skipped    int            `json:"skipped"`
	Reasons    map[string]int `json:"reasons"`
	ImagesPerS float64        `json:"images_per_s"`
	Checkpoint string         `json:"checkpoint"`
	Runtime    string         `json:"runtime"` // what computed the vectors
}

func (r *embedReport) skip(reason string) {
	r.Skipped++
	r.Reasons[reason]++
}

func (c *embedCommand) Flags(fs *pflag.FlagSet) {
	fs.BoolVar(&c.print, "print", false, "print {path, vector} lines and store nothing")
	c.blendFlags.declare(fs, "with --print: ")
}

func (c *embedCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) == 0 {
		return cli.Usagef("embed takes files or folders: edgeclr embed PATH...")
	}
	if c.blendFlags.given(a) && !c.print {
		return cli.Usagef("--blend and --share go with --print: stored frames have the blend of the checkpoint that serves")
	}
	if err := c.blendFlags.check(a); err != nil {
		return err
	}
	if err := haveFiles(ctx, args...); err != nil {
		return err
	}
	report := embedReport{Reasons: map[string]int{}}
	var err error
	if c.print {
		err = c.printVectors(ctx, a, args, &report)
	} else {
		err = a.WithStore(ctx, cli.Need{Create: true}, func(api *client.Client) error { return c.store(ctx, a, api, args, &report) })
	}
	if err != nil {
		return err
	}
	if c.print && !a.JSON {
		if !a.Quiet {
			report.write(a.Stderr) // standard output holds only vectors
		}
	} else if err := a.Result(report, report.write); err != nil {
		return err
	}
	return report.err()
}

func (r *embedReport) write(w io.Writer) {
	fmt.Fprintf(w, "%d embedded, %d skipped, %.1f images/s, checkpoint %s, %s\n", r.Embedded, r.Skipped, r.ImagesPerS, r.Checkpoint, r.Runtime)
	printReasons(w, r.Reasons)
}

// printReasons prints how many files were skipped for each reason.
func printReasons(w io.Writer, reasons map[string]int) {
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(w, "  %d %s\n", reasons[reason], reason)
	}
}

// took sets ImagesPerS of work that began at begin and ends now.
func (r *embedReport) took(begin time.Time) {
	if seconds := time.Since(begin).Seconds(); seconds > 0 {
		r.ImagesPerS = float64(r.Embedded) / seconds
	}
}

// err reports that files were skipped, or that there were none.
func (r *embedReport) err() error {
	switch {
	case r.Embedded+r.Skipped == 0:
		return fmt.Errorf("%w: no files there", client.ErrNothingFound)
	case r.Skipped > r.Reasons[client.ReasonStored]:
		return fmt.Errorf("%w: %d of %d files were skipped", cli.ErrPartly, r.Skipped-r.Reasons[client.ReasonStored], r.Embedded+r.Skipped)
	}
	return nil
}

// store sends the files to the service in batches.
func (c *embedCommand) store(ctx context.Context, a *cli.App, api *client.Client, roots []string, report *embedReport) error {
	absolute := make([]string, len(roots))
	for i, root := range roots {
		var err error
		if absolute[i], err = filepath.Abs(root); err != nil {
			return err
		}
	}
	if err := c.serves(ctx, api); err != nil {
		return err
	}
	st, err := api.Status(ctx)
	if err != nil {
		return err
	}
	report.Runtime = st.Checkpoint.Encoder.Runtime
	defer report.took(time.Now())
	return eachBatch(ctx, a, absolute, "embedding", report.skip, func(batch []picture) error {
		answer, err := api.Embed(ctx, toSend(batch))
		if err != nil {
			return err
		}
		report.Checkpoint = answer.Checkpoint
		for i, f := range answer.Frames {
			if f.Reason == "" {
				report.Embedded++
				continue
			}
			report.skip(f.Reason)
			if f.Reason != client.ReasonStored {
				a.Log.Debug("skipped", "path", batch[i].Path, "reason", f.Reason, "error", f.Error)
			}
		}
		return nil
	})
}

// serves refuses a --checkpoint other than the one that serves, since all stored
// vectors are those of the serving checkpoint.
func (c *embedCommand) serves(ctx context.Context, api *client.Client) error {
	if c.Checkpoint == client.ServingName {
		return nil
	}
	answer, err := api.Checkpoints(ctx)
	if err != nil {
		return err
	}
	for _, cp := range answer.Checkpoints {
		if string(cp.ID) == answer.Serving && (c.Checkpoint == answer.Serving || c.Checkpoint == cp.Kind && cp.Kind == storage.CheckpointPretrained) {
			return nil
		}
	}
	return fmt.Errorf("%w: checkpoint %s serves and embeds what is stored; `edgeclr checkpoints promote %s` changes that, and --print computes without storing",
		client.ErrContradiction, answer.Serving, c.Checkpoint)
}

// printVectors writes one line of JSON for each file.
func (c *embedCommand) printVectors(ctx context.Context, a *cli.App, roots []string, report *embedReport) error {
	return withEmbedder(ctx, a, c.Checkpoint, c.blendFlags, func(e chosen) error {
		defer report.took(time.Now())
		out := json.NewEncoder(a.Stdout)
		return eachBatch(ctx, a, roots, "embedding", report.skip, func(batch []picture) error {
			answer, err := e.embed(ctx, toSend(batch))
			if err != nil {
				return err
			}
			report.Checkpoint, report.Runtime = answer.Checkpoint, answer.Runtime
			for i, one := range answer.Vectors {
				if one.Reason != "" {
					report.skip(one.Reason)
					continue
				}
				report.Embedded++
				if err := out.Encode(printedVector{batch[i].Path, one.Vector}); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

type printedVector struct {
	Path   string    `json:"path"`
	Vector []float32 `json:"vector"`
}
