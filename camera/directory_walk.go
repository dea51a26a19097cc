package camera

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// rootRetry is how often a root that is gone is looked for.
const rootRetry = time.Second

// walkAll looks through the whole tree and plans the next time.
func (w *directoryWatch) walkAll(ctx context.Context) error {
	if err := checkRoot(w.root); err != nil {
		if w.set(StateFailed, err) {
			w.opt.Log.Error("the folder is gone, waiting for it", "error", err)
		}
		w.rescan.Reset(min(rootRetry, w.opt.Rescan))
		return nil
	}
	w.warning = nil
	if w.notify == nil {
		w.warning = fmt.Errorf("no inotify, new files are found by rescans every %v; raise sysctl fs.inotify.max_user_instances: %w", w.opt.Rescan, w.unwatched)
	}
	if err := w.deliver.tracker.sweep(); err != nil {
		return err
	}
	if state, _ := w.State(); state != StateLive {
		w.opt.Log.Info("watching the folder")
		w.set(StateLive, nil) // the warnings of the walk come behind it
	}
	if err := w.walk(ctx, w.root); err != nil {
		return err
	}
	w.report()
	w.rescan.Reset(w.opt.Rescan)
	return nil
}

// report publishes the warning of the last walk, and logs it when it is new.
func (w *directoryWatch) report() {
	if w.set(StateLive, w.warning) && w.warning != nil {
		w.opt.Log.Warn("the folder is not watched completely", "error", w.warning)
	}
}

// walk delivers what is in folder and below, and watches every folder it
// meets. The watch comes before the listing, so that a file that arrives in
// between is seen at least by one of them.
func (w *directoryWatch) walk(ctx context.Context, folder string) error {
	w.watch(folder)
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.warning = fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if skipped(e.Name()) && !(e.IsDir() && e.Name()[0] != '.') {
			continue
		}
		path := filepath.Join(folder, e.Name())
		if e.IsDir() {
			if err := w.walk(ctx, path); err != nil {
				return err
			}
			continue
		}
		info, err := os.Stat(path) // follows a link to a file
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if err := w.meet(ctx, path, info); err != nil {
			return err
		}
	}
	return nil
}

// watch asks for events of a folder, or notes why there will be none.
func (w *directoryWatch) watch(folder string) {
	if w.notify == nil {
		return
	}
	err := w.notify.Add(folder)
	switch {
	case err == nil:
		w.folders[folder] = true
	case errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, syscall.ENOSPC):
		w.warning = fmt.Errorf("no inotify watch left for %s: its new files are found by rescans every %v; raise sysctl fs.inotify.max_user_watches", folder, w.opt.Rescan)
	default:
		w.warning = fmt.Errorf("watch %s: %w", folder, err)
	}
}

// unwatch ends the watches of a folder and of those below it.
func (w *directoryWatch) unwatch(folder string) {
	for known := range w.folders {
		if known == folder || strings.HasPrefix(known, folder+string(filepath.Separator)) {
			delete(w.folders, known)
			_ = w.notify.Remove(known) // fails when the system was faster
		}
	}
}

// meet handles a file that a walk found: an old one is read now, a young one
// when it has come to rest.
func (w *directoryWatch) meet(ctx context.Context, path string, info fs.FileInfo) error {
	done, err := w.deliver.tracker.done(path, info.Size(), info.ModTime())
	if err != nil || done {
		return err
	}
	if w.young(info.ModTime()) {
		w.settling.add(path, info)
		return nil
	}
	return w.deliver.file(ctx, path, info)
}
