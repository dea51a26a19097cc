package main

import (
	"context"

	"github.com/spf13/pflag"

	"edgeclr/daemon"
)

// runCommand is the daemon.
type runCommand struct {
	modelFlags
	sources []string
}

func (c *runCommand) flags(fs *pflag.FlagSet) {
	fs.StringArrayVar(&c.sources, "source", nil, "source URI, repeatable: dir:PATH or synthetic:conveyor")
	fs.String("listen", "", "also answer on this TCP address, host:port")
}

func (c *runCommand) overrides() []override { return []override{{"listen", "listen"}} }

func (c *runCommand) run(ctx context.Context, a *app, args []string) error {
	if err := noArgs(args); err != nil {
		return err
	}
	if len(c.sources) > 0 {
		a.cfg.Sources = c.sources
	}
	service, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	if err := start(a, service); err != nil {
		return err
	}
	<-ctx.Done()
	a.log.Info("stopping")
	return service.Close()
}

// start brings everything up and says READY.
func start(a *app, service *daemon.Service) error {
	if err := service.Serve(); err != nil {
		return err
	}
	if err := service.Ingest(a.cfg.Sources); err != nil {
		return err
	}
	if a.cfg.Learn.Enabled {
		service.Learn()
	}
	if address := service.Listening(); address != "" {
		a.log.Info("listening", "address", address)
	}
	// Whoever starts the daemon waits for this line.
	_, err := a.stderr.Write([]byte("READY\n"))
	return err
}
