package camera

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// directoryWatch is one run of a directorySource. Everything in it belongs to
// the goroutine that calls run; the only other one is fsnotify's, which close
// ends.
type directoryWatch struct {
	*directorySource
	deliver  *fileDelivery
	settling *settling
	rescan   *time.Timer

	// notify is nil when the system grants no watch, for the reason in
	// unwatched; then rescans do it alone. folders are those it watches, under the names they had when it began to:
	// after a renaming fsnotify would go on with the old name.
	notify    *fsnotify.Watcher
	unwatched error
	folders   map[string]bool

	// warning is the last thing that made this round of walking incomplete.
	warning error
}

func newDirectoryWatch(s *directorySource, emit func(context.Context, Frame) error) *directoryWatch {
	settling := newSettling(s.opt.Settle)
	w := &directoryWatch{
		directorySource: s,
		settling:        settling,
		folders:         map[string]bool{},
		rescan:          time.NewTimer(0),
		deliver: &fileDelivery{
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

func (w *directoryWatch) close() {
	w.rescan.Stop()
	w.settling.stop()
	if w.notify != nil {
		w.notify.Close()
	}
}

// run is the loop. The first walk starts at once, by the timer.
func (w *directoryWatch) run(ctx context.Context) error {
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
			err = w.walkAll(ctx)
		case <-w.settling.timer.C:
			err = w.settle(ctx)
		case e := <-events:
			err = w.event(ctx, e)
		case failure := <-failures:
			// Only a walk can tell which files and renamings were missed.
			w.opt.Log.Warn("inotify lost events, looking through the whole folder", "error", failure)
			w.unwatch(w.root)
			w.rescan.Reset(0)
		}
		if err != nil {
			return err
		}
	}
}

// event handles one message of inotify.
func (w *directoryWatch) event(ctx context.Context, e fsnotify.Event) error {
	left := e.Op&(fsnotify.Remove|fsnotify.Rename) != 0
	if left && w.folders[e.Name] {
		w.unwatch(e.Name)
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
		if err := w.walk(ctx, e.Name); err != nil {
			return err
		}
		w.report()
		return nil
	case skipped(name):
		return nil
	}
	if info, err = os.Stat(e.Name); err == nil && info.Mode().IsRegular() {
		w.settling.add(e.Name, info)
	}
	return nil
}

// settle reads the files that have come to rest.
func (w *directoryWatch) settle(ctx context.Context) error {
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
	if w.settling.next() {
		w.rescan.Reset(0)
	}
	return nil
}
