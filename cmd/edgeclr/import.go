package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
)

// importCommand stores the weights of an encoder as one more checkpoint.
type importCommand struct{}

func (c *importCommand) Flags(fs *pflag.FlagSet) {
	fs.String("arch", "", "architecture of an empty store")
	fs.Int("size", 0, "serving size of an empty store, in pixels")
}

func (c *importCommand) Overrides() []cli.Override {
	return []cli.Override{{Flag: "arch", Key: "model.arch"}, {Flag: "size", Key: "serve.size"}}
}

func (c *importCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("import takes one weights file: edgeclr import FILE")
	}
	file, err := os.Open(args[0])
	if err != nil {
		return missing(args[0], err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	service, err := openService(ctx, a, cli.Need{Create: true}, nil)
	if err != nil {
		return err
	}
	defer service.Close()
	report, err := service.Import(ctx, file, info.Size(), filepath.Base(args[0]))
	if err != nil {
		return err
	}
	if err := service.Close(); err != nil {
		return err
	}
	return a.Result(report, func(w io.Writer) {
		fmt.Fprintf(w, "%d tensors of %s are checkpoint %s; `edgeclr checkpoints promote %s` lets it serve\n",
			report.Tensors, report.Arch, report.Checkpoint, report.Checkpoint)
	})
}
