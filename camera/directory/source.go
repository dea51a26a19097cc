package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
)

const (
	defaultSettle = 500 * time.Millisecond
	defaultRescan = 60 * time.Second
)

// Options configure a folder. The zero value works.
type Options struct {
	// Cursor says which files are done. Nil: the source remembers by itself
	// until Run ends.
	Cursor Cursor

	// Limits bound the files that are read.
	Limits decode.Limits

	// Changed is called with every new state by the goroutine of Run; it may be
	// nil.
	Changed func(state string, err error)

	// Log receives what an operator may want to know; nil discards it.
	Log *slog.Logger

	// Now is the clock for the age of files; nil means time.Now.
	Now func() time.Time

	// Settle is how long a file must rest before it is read; 0 means 500 ms.
	Settle time.Duration

	// Rescan is the time between two full walks; 0 means 60 s.
	Rescan time.Duration
}

// withDefaults replaces zeros.
func (o Options) withDefaults() Options {
	o.Limits = o.Limits.WithDefaults()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Settle <= 0 {
		o.Settle = defaultSettle
	}
	if o.Rescan <= 0 {
		o.Rescan = defaultRescan
	}
	return o
}

// source delivers the files of a folder and of the folders below it: first those
// that are there, sorted, then those that arrive. It delivers a file again when
// it changes.
//
// It leaves out:
//   - files and folders whose names begin with a dot;
//   - files with the endings of unfinished downloads (see skipped);
//   - links to folders below the root, so that no walk runs in a circle;
//   - everything else that is not a regular file.
type source struct {
	camera.Status
	uri  string
	root string // absolute, links not resolved: the name that the user knows
	opt  Options
}

// Open makes a source of the folder at path. A leading ~/ means the user's home folder.
// Open does not start the source. The folder must exist: a source with a mistyped path
// would wait in silence. The error matches [camera.ErrBadURI], [decode.ErrUnreadable] or
// fs.ErrNotExist.
func Open(path string, opt Options) (camera.Source, error) {
	opt = opt.withDefaults()
	uri := "dir:" + path
	if path == "" {
		return nil, fmt.Errorf("%w %q: the path is missing, write dir:PATH", camera.ErrBadURI, uri)
	}
	if rest, ok := strings.CutPrefix(path+"/", "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("%w %q: ~ means the home folder, and there is none: %w", camera.ErrBadURI, uri, err)
		}
		path = filepath.Join(home, rest)
	}
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", camera.ErrBadURI, uri, err)
	}
	if err := checkRoot(root); err != nil {
		return nil, err
	}
	uri = "dir:" + root
	opt.Log = opt.Log.With("source", uri)
	return &source{Status: camera.Status{Changed: opt.Changed}, uri: uri, root: root, opt: opt}, nil
}

// checkRoot says what is wrong with the folder, and how to mend it.
func checkRoot(root string) error {
	info, err := os.Stat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("folder %s does not exist; make it with: mkdir -p %s: %w", root, root, err)
	case err != nil:
		return fmt.Errorf("%w: folder %s, as user id %d: %w", decode.ErrUnreadable, root, os.Geteuid(), err)
	case !info.IsDir():
		return fmt.Errorf("%w %q: that is not a folder; name the folder it lies in", camera.ErrBadURI, "dir:"+root)
	}
	return nil
}

// URI implements [camera.Source].
func (s *source) URI() string { return s.uri }

// Run implements [camera.Source]. Only an error of emit or of the cursor ends it
// early. When the folder goes away, the source is failed until it is back.
func (s *source) Run(ctx context.Context, emit func(context.Context, camera.Frame) error) error {
	w := newWatch(s, emit)
	defer w.close()
	err := w.run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		err = fmt.Errorf("source %s: %w", s.uri, err)
		s.SetState(camera.StateFailed, err)
	}
	return err
}

// skipped reports whether a name cannot be a finished picture: it is hidden, or
// a browser, rsync or an uploader uses it while it writes.
func skipped(name string) bool {
	if strings.HasPrefix(name, ".") {
		return true
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".part", ".tmp", ".crdownload":
		return true
	}
	return false
}

// maybeGrowing reports whether somebody may still write a file: it was modified
// recently, or its time is in the future. FAT stores times in steps of two seconds.
func (s *source) maybeGrowing(modTime time.Time) bool {
	return s.opt.Now().Sub(modTime) < s.opt.Settle+2*time.Second
}
