package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"edgeclr/daemon"
	"edgeclr/storage"
)

// ownerPatience is how long to wait for a process that holds the store and does
// not answer: it may be starting, or a short command about to end.
const ownerPatience = 3 * time.Second

// open takes the store for this process.
func (a *app) open(ctx context.Context) (*daemon.Service, error) {
	return daemon.Open(ctx, daemon.Options{
		Config: a.cfg, Command: "edgeclr " + a.name, Version: version(), Log: a.log, Explicit: a.set,
	})
}

// withStore calls use with a client of the process that owns the store, or of
// the store opened here when nobody owns it. Without create, a store must exist.
func (a *app) withStore(ctx context.Context, create bool, use func(c *daemon.Client) error) error {
	for begin := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		holder, held := storage.Holder(a.cfg.Data)
		if !held {
			break
		}
		if c := daemon.NewClient(a.cfg.Data); c.Reachable(ctx) {
			return use(c)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if time.Since(begin) > ownerPatience {
			return holder
		}
	}
	if !create && !storeExists(a.cfg.Data) {
		return fmt.Errorf("%w: there is no store in %s; make one with `edgeclr embed FOLDER` or `edgeclr run --source URI`, or name another with --data",
			daemon.ErrNothingFound, a.cfg.Data)
	}
	service, err := a.open(ctx)
	if err != nil {
		return err
	}
	err = use(service.Client())
	if closed := service.Close(); err == nil {
		err = closed
	}
	return err
}

func storeExists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "edgeclr.db"))
	return err == nil
}
