package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// ownerTimeout is how long to wait for a process that holds the store and does not
// answer. It may be starting, or it may be a short command about to end.
const ownerTimeout = 3 * time.Second

// Need says how a command needs the store. The zero value needs an existing one.
type Need struct {
	Create   bool // make the store when there is none
	Override bool // the command's flags may differ from the store's architecture and size
}

// WithStore calls use with a client of the process that owns the store. When no
// process owns it, Open takes it for the time of the call.
func (a *App) WithStore(ctx context.Context, n Need, use func(c *client.Client) error) error {
	for begin := time.Now(); ; {
		api, release, err := a.reach(ctx, n)
		if err == nil {
			return errors.Join(use(api), release())
		}
		if !errors.Is(err, storage.ErrInUse) || time.Since(begin) > ownerTimeout {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// reach finds the owner of the store, or makes this process the owner until release.
func (a *App) reach(ctx context.Context, n Need) (c *client.Client, release func() error, err error) {
	if holder, held := storage.Holder(a.Config.Data); held {
		c := client.New(a.Config.Data)
		st, err := c.Status(ctx)
		if err != nil {
			return nil, nil, holder
		}
		return c, func() error { return nil }, a.checkFlags(n, st.Checkpoint)
	}
	if storage.Inaccessible(a.Config.Data) {
		// Only the service may read its lock, but its group may use the socket.
		c := client.New(a.Config.Data)
		st, err := c.Status(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("the store in %s is another user's: %w; ask with sudo, or while the service runs as a member of its group "+
				"(sudo usermod -aG edgeclr $USER, and log in again)", a.Config.Data, err)
		}
		return c, func() error { return nil }, a.checkFlags(n, st.Checkpoint)
	}
	if !n.Create && !StoreExists(a.Config.Data) {
		return nil, nil, fmt.Errorf("%w: there is no store in %s; make one with `edgeclr embed FOLDER` or `edgeclr run --source URI`, or name another with --data",
			client.ErrNothingFound, a.Config.Data)
	}
	return a.Open(ctx, a, n)
}

// checkFlags refuses flags that contradict the store of another process. The engine
// refuses the same flags for a store that it opens itself.
func (a *App) checkFlags(n Need, has client.CheckpointStatus) error {
	if n.Override {
		return nil
	}
	return client.CheckFlags(a.Given, a.Config, has)
}

// StoreExists reports whether the folder has a store. A store whose database was lost,
// and one that this user may not see, also count; opening the store tells.
func StoreExists(dir string) bool {
	for _, name := range []string{"edgeclr.db", "edgeclr.id"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}
