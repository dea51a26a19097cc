package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "make deps:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("deps", flag.ExitOnError)
	root := flags.String("root", ".deps", "`folder` to fill")
	wheels := flags.String("wheels", "", "take the wheels from this `folder` instead of the network")
	tfRoot := flags.String("tf-root", "", "use the TensorFlow C library installed below this `folder` instead of fetching one")
	arch := flags.String("arch", runtime.GOARCH, "architecture of the library: amd64 or arm64")
	strip := flags.String("strip", "strip", "`program` that removes symbols from a library")
	quiet := flags.Bool("quiet", false, "say nothing when everything is there")
	if err := flags.Parse(args); err != nil {
		return err
	}

	needed, err := pinned(*arch)
	if err != nil {
		return err
	}
	if *tfRoot != "" {
		if err := checkInstalled(*tfRoot); err != nil {
			return err
		}
		needed = without(needed, unitTensorFlow)
	}
	in := &installer{root: *root, wheels: expandHome(*wheels), strip: *strip, free: freeBytes, out: os.Stdout}
	if err := in.install(ctx, needed); err != nil {
		return err
	}
	if !*quiet {
		fmt.Fprintf(os.Stdout, "everything that EdgeCLR needs is in %s\n", *root)
	}
	return nil
}
