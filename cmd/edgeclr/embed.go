package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/daemon"
)

// embedCommand stores the embeddings of files, or prints them.
type embedCommand struct {
	modelFlags
	print bool
}

// embedReport is the command's result.
type embedReport struct {
	Embedded   int            `json:"embedded"`
	Skipped    int            `json:"skipped"`
	Reasons    map[string]int `json:"reasons"`
	ImagesPerS float64        `json:"images_per_s"`
	Checkpoint string         `json:"checkpoint"`
}

func (r *embedReport) skip(reason string) {
	r.Skipped++
	r.Reasons[reason]++
}

func (c *embedCommand) flags(fs *pflag.FlagSet) {
	fs.BoolVar(&c.print, "print", false, "print {path, vector} lines and store nothing")
}

func (c *embedCommand) run(ctx context.Context, a *app, args []string) error {
	if len(args) == 0 {
		return usagef("embed takes files or folders: edgeclr embed PATH...")
	}
	if !c.print && c.checkpoint != "serving" {
		return usagef("stored frames get the vectors of the checkpoint that serves; --checkpoint goes with --print")
	}
	report := embedReport{Reasons: map[string]int{}}
	var err error
	begin := time.Now()
	if c.print {
		err = c.printVectors(ctx, a, args, &report)
	} else {
		err = a.withStore(ctx, true, func(client *daemon.Client) error { return c.store(ctx, a, client, args, &report) })
	}
	if err != nil {
		return err
	}
	if seconds := time.Since(begin).Seconds(); seconds > 0 {
		report.ImagesPerS = float64(report.Embedded) / seconds
	}
	human := func(w io.Writer) {
		fmt.Fprintf(w, "%d embedded, %d skipped, %.1f images/s, checkpoint %s\n", report.Embedded, report.Skipped, report.ImagesPerS, report.Checkpoint)
		for reason, n := range report.Reasons {
			fmt.Fprintf(w, "  %d %s\n", n, reason)
		}
	}
	if c.print && !a.json {
		human(a.stderr) // standard output is the vectors' alone
	} else if err := a.result(report, human); err != nil {
		return err
	}
	return report.err()
}

// alreadyStored is the service's reason for a file that it has.
const alreadyStored = "already stored"

// err tells that files were left out, or that there was none at all.
func (r *embedReport) err() error {
	switch {
	case r.Embedded+r.Skipped == 0:
		return fmt.Errorf("%w: no files there", daemon.ErrNothingFound)
	case r.Skipped > r.Reasons[alreadyStored]:
		return fmt.Errorf("%w: %d of %d files were skipped", errPartly, r.Skipped-r.Reasons[alreadyStored], r.Embedded+r.Skipped)
	}
	return nil
}

// store sends the files to the service, in batches.
func (c *embedCommand) store(ctx context.Context, a *app, client *daemon.Client, roots []string, report *embedReport) error {
	absolute := make([]string, len(roots))
	for i, root := range roots {
		var err error
		if absolute[i], err = filepath.Abs(root); err != nil {
			return err
		}
	}
	return a.eachBatch(ctx, absolute, "embedding", report.skip, func(batch []picture) error {
		answer, err := client.Embed(ctx, pictures(batch))
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
			if f.Reason != alreadyStored {
				a.log.Debug("skipped", "path", batch[i].Path, "reason", f.Reason, "error", f.Error)
			}
		}
		return nil
	})
}

// printVectors writes a line of JSON for each file.
func (c *embedCommand) printVectors(ctx context.Context, a *app, roots []string, report *embedReport) error {
	return a.withVectors(ctx, c.checkpoint, func(v vectorizer) error {
		out := json.NewEncoder(a.stdout)
		return a.eachBatch(ctx, roots, "embedding", report.skip, func(batch []picture) error {
			answer, err := v.vectors(ctx, pictures(batch))
			if err != nil {
				return err
			}
			report.Checkpoint = answer.Checkpoint
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

// pictures are the files of a batch, ready to send.
func pictures(batch []picture) []daemon.Picture {
	sent := make([]daemon.Picture, len(batch))
	for i, p := range batch {
		sent[i] = daemon.Picture{Path: p.Path, ModTime: p.ModTime, Data: p.data}
	}
	return sent
}

// readLimited reads a file within the limit on its size. What is above it is
// sent as far as one byte beyond, so that the service counts it as too large.
func readLimited(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit+1))
}
