package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"edgeclr/config"
	"edgeclr/daemon"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// ownerPatience is how long to wait for a process that holds the store and does
// not answer: it may be starting, or a short command about to end.
const ownerPatience = 3 * time.Second

// need is what a command wants of a store.
type need struct {
	create   bool // make the store when there is none
	override bool // the command's flags may differ from the store's architecture and size
}

// open takes the store for this process.
func (a *app) open(ctx context.Context, n need) (*daemon.Service, error) {
	explicit := a.set
	if n.override {
		explicit = nil
	}
	return daemon.Open(ctx, daemon.Options{
		Config: a.cfg, Command: "edgeclr " + a.name, Version: version(), Log: a.log, Level: &a.level, Explicit: explicit,
		Heart: a.heart, SharedSocket: config.InService(a.cfg.Data, a.environ),
	})
}

// withStore calls use with a client of the process that owns the store, or of
// the store opened here when nobody owns it.
func (a *app) withStore(ctx context.Context, n need, use func(c *client.Client) error) error {
	for begin := time.Now(); ; {
		api, release, err := a.reach(ctx, n)
		if err == nil {
			return errors.Join(use(api), release())
		}
		if !errors.Is(err, storage.ErrInUse) || time.Since(begin) > ownerPatience {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// reach finds the owner of the store, or becomes it until release.
func (a *app) reach(ctx context.Context, n need) (c *client.Client, release func() error, err error) {
	if holder, held := storage.Holder(a.cfg.Data); held {
		c := client.New(a.cfg.Data)
		st, err := c.Status(ctx)
		if err != nil {
			return nil, nil, holder
		}
		return c, func() error { return nil }, a.agree(n, st.Checkpoint)
	}
	if storage.Inaccessible(a.cfg.Data) {
		// The service's lock is its own, and its group may ask.
		c := client.New(a.cfg.Data)
		st, err := c.Status(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("the store in %s is another user's: %w; ask with sudo, or while the service runs as a member of its group "+
				"(sudo usermod -aG edgeclr $USER, and log in again)", a.cfg.Data, err)
		}
		return c, func() error { return nil }, a.agree(n, st.Checkpoint)
	}
	if !n.create && !storeExists(a.cfg.Data) {
		return nil, nil, fmt.Errorf("%w: there is no store in %s; make one with `edgeclr embed FOLDER` or `edgeclr run --source URI`, or name another with --data",
			client.ErrNothingFound, a.cfg.Data)
	}
	service, err := a.open(ctx, n)
	if err != nil {
		return nil, nil, err
	}
	return service.Client(), service.Close, nil
}

// agree refuses flags that contradict the store of another process, as
// daemon.Open does for a store opened here.
func (a *app) agree(n need, has client.CheckpointStatus) error {
	if n.override {
		return nil
	}
	return serving.CheckFlags(a.set, a.cfg, storage.Checkpoint{ID: storage.CheckpointID(has.Serving), Arch: has.Arch, Size: has.Size})
}

// storeExists tells whether there is a store: a whole one, a lost one of which
// the id is left, or one that this user may not see. Opening it says which.
func storeExists(dir string) bool {
	for _, name := range []string{"edgeclr.db", "edgeclr.id"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}
