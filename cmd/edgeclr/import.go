package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"
)

// importCommand brings in an encoder's weights as one more checkpoint.
type importCommand struct{}

func (c *importCommand) flags(fs *pflag.FlagSet) {
	fs.String("arch", "", "architecture of an empty store")
	fs.Int("size", 0, "side in pixels of an empty store's encoder")
}

func (c *importCommand) overrides() []override {
	return []override{{"arch", "model.arch"}, {"size", "model.size"}}
}

func (c *importCommand) run(ctx context.Context, a *app, args []string) error {
	if len(args) != 1 {
		return usagef("import takes one weights file: edgeclr import FILE")
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
	service, err := a.open(ctx, need{create: true})
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
	return a.result(report, func(w io.Writer) {
		fmt.Fprintf(w, "%d tensors of %s are checkpoint %s; `edgeclr checkpoints promote %s` lets it serve\n",
			report.Tensors, report.Arch, report.Checkpoint, report.Checkpoint)
	})
}
