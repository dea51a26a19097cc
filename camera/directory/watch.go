package directory

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"edgeclr/camera"
)

// watch is one run of a source. The goroutine that calls run owns all of it. The
// only other goroutine is fsnotify's; close ends it.
type watch struct {
	*source
	deliver  *delivery
	settling *settling
	rescan   *time.Timer

	// notify is nil when the system grants no watch; unwatched says why. Then
	// only rescans find files.
	notify    *fsnotify.Watcher
	unwatched error

	// folders are those that notify watches, under the names that they had at
	// the start of the watch: fsnotify keeps the old name after a renaming.
	folders map[string]bool

	// warning is the last problem because of which the folder is not watched
	// completely; nil for none.
	warning error
}

func newWatch(s *source, emit func(context.Context, camera.Frame) error) *watch {
	settling := newSettling(s.opt.Settle)
	w := &watch{
		source:   s,
		settling: settling,
		folders:  map[string]bool{},
		rescan:   time.NewTimer(0),
		deliver: &delivery{
			uri: s.uri, limits: s.opt.Limits, emit: emit, settling: settling,
			tracker: newTracker(s.uri, s.opt.Cursor, s.opt.Now),
		},
	}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		w.unwatched = err
		return w
	}
	w.notify = notify
	return w
}

func (w *watch) close() {
	w.rescan.Stop()
	w.settling.stop()
	if w.notify != nil {
		w.notify.Close()
	}
}

// run is the loop. The rescan timer starts the first scan at once.
func (w *watch) run(ctx context.Context) error {
	var events chan fsnotify.Event
	var failures chan error
	if w.notify != nil {
		events, failures = w.notify.Events, w.notify.Errors
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-w.rescan.C:
			err = w.scan(ctx)
		case <-w.settling.timer.C:
			err = w.readRested(ctx)
		case e := <-events:
			err = w.event(ctx, e)
		case failure := <-failures:
			// Only a scan can tell which files and renamings were missed.
			w.opt.Log.Warn("inotify lost events, looking through the whole folder", "error", failure)
			w.removeWatches(w.root)
			w.rescan.Reset(0)
		}
		if err != nil {
			return err
		}
	}
}

// event handles one event of inotify.
func (w *watch) event(ctx context.Context, e fsnotify.Event) error {
	left := e.Op&(fsnotify.Remove|fsnotify.Rename) != 0
	if left && w.folders[e.Name] {
		w.removeWatches(e.Name)
	}
	if e.Name == w.root {
		if left {
			w.rescan.Reset(0)
		}
		return nil
	}
	info, err := os.Lstat(e.Name)
	if err != nil { // gone or renamed; the new name has an event of its own
		w.settling.remove(e.Name)
		return nil
	}
	name := filepath.Base(e.Name)
	switch {
	case info.IsDir() && name[0] != '.':
		// Files may have come into it before it was watched.
		if err := w.scanFolder(ctx, e.Name); err != nil {
			return err
		}
		w.reportWarning()
		return nil
	case skipped(name):
		return nil
	}
	if info, err = os.Stat(e.Name); err == nil && info.Mode().IsRegular() {
		w.settling.add(e.Name, info)
	}
	return nil
}

// readRested reads the files that have come to rest.
func (w *watch) readRested(ctx context.Context) error {
	for _, path := range w.settling.due() {
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			w.settling.remove(path)
			continue
		}
		if !w.settling.rests(path, info) {
			continue
		}
		w.settling.remove(path)
		if err := w.deliver.file(ctx, path, info); err != nil {
			return err
		}
	}
	if w.settling.scheduleNext() {
		w.rescan.Reset(0)
	}
	return nil
}
