package directory

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

	"edgeclr/camera"
	"edgeclr/camera/decode"
)

// rootRetry is how often the source looks for a root that is gone.
const rootRetry = time.Second

// scan looks through the whole tree and schedules the next scan.
func (w *watch) scan(ctx context.Context) error {
	if err := checkRoot(w.root); err != nil {
		if w.SetState(camera.StateFailed, err) {
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
	if state, _ := w.State(); state != camera.StateLive {
		w.opt.Log.Info("watching the folder")
		w.SetState(camera.StateLive, nil) // before the walk's own warnings
	}
	if err := w.scanFolder(ctx, w.root); err != nil {
		return err
	}
	w.reportWarning()
	w.rescan.Reset(w.opt.Rescan)
	return nil
}

// reportWarning publishes the warning of the last walk, and logs it when it is
// new.
func (w *watch) reportWarning() {
	if w.SetState(camera.StateLive, w.warning) && w.warning != nil {
		w.opt.Log.Warn("the folder is not watched completely", "error", w.warning)
	}
}

// scanFolder delivers the files in folder and below, and watches every folder
// there. It adds the watch before it lists the folder, so that a file that
// arrives in between is seen by at least one of them.
func (w *watch) scanFolder(ctx context.Context, folder string) error {
	w.addWatch(folder)
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.warning = fmt.Errorf("%w: %w", decode.ErrUnreadable, err)
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
			if err := w.scanFolder(ctx, path); err != nil {
				return err
			}
			continue
		}
		info, err := os.Stat(path) // follows a link to a file
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if err := w.found(ctx, path, info); err != nil {
			return err
		}
	}
	return nil
}

// found handles a file that a scan found. It reads an old file at once. A file that was
// written recently goes to settling first.
func (w *watch) found(ctx context.Context, path string, info fs.FileInfo) error {
	done, err := w.deliver.tracker.done(path, info.Size(), info.ModTime())
	if err != nil || done {
		return err
	}
	if w.maybeGrowing(info.ModTime()) {
		w.settling.add(path, info)
		return nil
	}
	return w.deliver.file(ctx, path, info)
}

// addWatch asks for events of a folder. If that fails, the warning says why.
func (w *watch) addWatch(folder string) {
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

// removeWatches ends the watches of a folder and of those below it.
func (w *watch) removeWatches(folder string) {
	for known := range w.folders {
		if known == folder || strings.HasPrefix(known, folder+string(filepath.Separator)) {
			delete(w.folders, known)
			_ = w.notify.Remove(known) // fails when the system was faster
		}
	}
}
