package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/internal/atomicfile"
)

// exportCommand writes the encoder or the embeddings to a file, whose ending
// chooses the format.
type exportCommand struct{ cli.ModelFlags }

// exportReport is the command's result.
type exportReport struct {
	Path       string `json:"path"`
	Bytes      int64  `json:"bytes"`
	SHA256     string `json:"sha256"`
	Checkpoint string `json:"checkpoint"`
}

// exporter streams one format and names the checkpoint.
type exporter func(ctx context.Context, c *client.Client, checkpoint string, w io.Writer) (string, error)

// exporters are the formats by the ending of the file: one entry a format.
func exporters(a *cli.App) map[string]exporter {
	return map[string]exporter{
		".safetensors": func(ctx context.Context, c *client.Client, checkpoint string, w io.Writer) (string, error) {
			return exportWeights(ctx, a.Log, c, checkpoint, w)
		},
		".npy":    exportNPY,
		".csv":    exportCSV,
		".ndjson": exportNDJSON,
	}
}

func (c *exportCommand) Flags(*pflag.FlagSet) {}

func (c *exportCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("export takes one file: edgeclr export FILE")
	}
	write, ok := exporters(a)[strings.ToLower(filepath.Ext(args[0]))]
	if !ok {
		return cli.Usagef("%s: the ending chooses the format: .safetensors (encoder), .npy, .csv or .ndjson (embeddings)", args[0])
	}
	return a.WithStore(ctx, cli.Need{}, func(api *client.Client) error {
		report := exportReport{Path: args[0]}
		r, w := io.Pipe()
		written := make(chan struct{})
		go func() {
			var err error
			report.Checkpoint, err = write(ctx, api, c.Checkpoint, w)
			w.CloseWithError(err)
			close(written)
		}()
		var err error
		report.Bytes, report.SHA256, err = atomicfile.Write(args[0], 0o644, r)
		r.Close() // ends the writer when the file could not be written
		<-written
		if err != nil {
			return err
		}
		return a.Result(report, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %d bytes, checkpoint %s\n", report.Path, report.Bytes, report.Checkpoint)
		})
	})
}

// exportWeights writes the encoder that serves with the names of its origin
// (torchvision, efficientnet_lite_pytorch), ready for load_state_dict.
func exportWeights(ctx context.Context, log *slog.Logger, c *client.Client, checkpoint string, w io.Writer) (string, error) {
	r, err := c.Weights(ctx, checkpoint, client.PartServing)
	if err != nil {
		return "", err
	}
	defer r.Close()
	if r.Blend == config.BlendJoin {
		log.Warn("the file holds the adapted encoder alone; the vectors that this checkpoint serves also contain those of the encoder "+
			"that its training began from", "checkpoint", r.Checkpoint)
	}
	_, err = io.Copy(w, r)
	return r.Checkpoint, err
}
