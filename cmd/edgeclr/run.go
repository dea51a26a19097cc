package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
)

// heapGrowth is how much garbage the daemon allows, in percent of the live heap.
const heapGrowth = 40

// runCommand is the daemon.
type runCommand struct {
	cli.ModelFlags
	sources   []string
	terminals terminals // terminals that the daemon was started from
}

func (c *runCommand) Flags(fs *pflag.FlagSet) {
	fs.StringArrayVar(&c.sources, "source", nil, "source URI, repeatable: dir:PATH, http://HOST/PATH, exec:COMMAND, synthetic:yard")
	fs.String("listen", "", "also answer on this TCP address, host:port")
}

func (c *runCommand) Overrides() []cli.Override {
	return []cli.Override{{Flag: "listen", Key: "listen"}}
}

func (c *runCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if err := cli.NoArgs(args); err != nil {
		return err
	}
	// Most of the heap is the index, which is rarely garbage. With Go's default of
	// 100 % the process would take twice its size.
	debug.SetGCPercent(heapGrowth)
	// From here on a hangup no longer ends the program by itself.
	c.terminals = findTerminals()
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	var err error
	if a.Config, err = c.withSources(a.Config); err != nil {
		return err
	}
	if len(a.Config.Sources) == 0 {
		a.Log.Warn("no source is named, so nothing is watched; give one with --source, or under sources in the configuration")
	}
	w, err := startWatchdog(a)
	if err != nil {
		return err
	}
	defer w.close()
	ctx, stop := context.WithCancel(ctx) // serve may return before ctx ends: when the terminal is closed
	defer stop()
	service, err := openService(heartbeat.With(ctx, w.start), a, cli.Need{Create: true}, &w.heart)
	if err != nil {
		return err
	}
	if err := start(heartbeat.With(ctx, w.start), a, service, c.Checkpoint); err != nil {
		return errors.Join(err, service.Close())
	}
	w.ready(ctx, a.Config.Data)
	// A program that starts the daemon without systemd waits for this line.
	if _, err := a.Stderr.Write([]byte("READY\n")); err != nil {
		return errors.Join(err, service.Close())
	}
	c.serve(ctx, a, service, w, reload)
	stop()
	w.stopping()
	a.Log.Info("stopping")
	if !a.JSON {
		return service.Close()
	}
	st, err := service.Status()
	if err == nil {
		err = a.Answer(st)
	}
	return errors.Join(err, service.Close())
}

// withSources replaces the sources of the configuration by those of the command
// line, if it has any, and checks the result.
func (c *runCommand) withSources(cfg config.Config) (config.Config, error) {
	if len(c.sources) == 0 {
		return cfg, checkSources(cfg, false)
	}
	cfg.Sources = config.SourcesOf(c.sources...)
	return cfg, checkFlagSources(c.sources...)
}

// serve waits for the end of ctx. On each SIGHUP it reads the configuration again,
// or returns if the signal came because the terminal was closed.
func (c *runCommand) serve(ctx context.Context, a *cli.App, service *daemon.Service, w *watchdog, reload <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-reload:
			if c.terminals.gone() {
				return
			}
			_ = w.notify.Reload(func() error { return c.reload(a, service) }) // the service has logged the reason
		}
	}
}

// reload reads the configuration as at the start: flags and variables still win.
func (c *runCommand) reload(a *cli.App, service *daemon.Service) error {
	return service.Reload(func() (config.Config, error) {
		cfg, err := a.ReadConfig()
		if err != nil {
			return cfg, err
		}
		a.WarnRenamed(cfg)
		return c.withSources(cfg)
	})
}

// start lets the checkpoint serve, and starts the API, the sources and the learner.
func start(ctx context.Context, a *cli.App, service *daemon.Service, checkpoint string) error {
	if checkpoint != client.ServingName {
		if _, err := service.Promote(ctx, checkpoint, "run --checkpoint "+checkpoint, nil); err != nil {
			return err
		}
	}
	if err := service.Serve(); err != nil {
		return err
	}
	if err := service.Ingest(a.Config.Sources); err != nil {
		return err
	}
	if a.Config.Learn.Enabled {
		service.Learn()
	}
	if address := service.Listening(); address != "" {
		a.Log.Info("listening", "address", address)
	}
	return nil
}
