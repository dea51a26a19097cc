package main

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"edgeclr/daemon"
	"edgeclr/daemon/heartbeat"
)

// runCommand is the daemon.
type runCommand struct {
	modelFlags
	sources []string
}

func (c *runCommand) flags(fs *pflag.FlagSet) {
	fs.StringArrayVar(&c.sources, "source", nil, "source URI, repeatable: dir:PATH, http://HOST/PATH, exec:COMMAND, synthetic:conveyor")
	fs.String("listen", "", "also answer on this TCP address, host:port")
}

func (c *runCommand) overrides() []override { return []override{{"listen", "listen"}} }

func (c *runCommand) run(ctx context.Context, a *app, args []string) error {
	if err := noArgs(args); err != nil {
		return err
	}
	if len(c.sources) > 0 {
		if err := checkFlagSources(c.sources...); err != nil {
			return err
		}
		a.cfg.Sources = c.sources
	} else if err := checkSources(a.cfg, false); err != nil {
		return err
	}
	if len(a.cfg.Sources) == 0 {
		a.log.Warn("no source is named, so nothing is watched; give one with --source, or under sources in the configuration")
	}
	w, err := startWatch(a)
	if err != nil {
		return err
	}
	defer w.close()
	a.heart = &w.heart
	service, err := a.open(heartbeat.With(ctx, w.start), need{create: true})
	if err != nil {
		return err
	}
	if err := start(heartbeat.With(ctx, w.start), a, service, c.checkpoint); err != nil {
		return errors.Join(err, service.Close())
	}
	w.ready(ctx, a.cfg.Data)
	// Whoever starts the daemon without systemd waits for this line.
	if _, err := a.stderr.Write([]byte("READY\n")); err != nil {
		return errors.Join(err, service.Close())
	}
	<-ctx.Done()
	w.stopping()
	a.log.Info("stopping")
	if !a.json {
		return service.Close()
	}
	st, err := service.Status()
	if err == nil {
		err = a.answer(st)
	}
	return errors.Join(err, service.Close())
}

// start brings everything up.
func start(ctx context.Context, a *app, service *daemon.Service, checkpoint string) error {
	if checkpoint != "serving" {
		if _, err := service.Promote(ctx, checkpoint, "run --checkpoint "+checkpoint, nil); err != nil {
			return err
		}
	}
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
	return nil
}
