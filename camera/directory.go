package camera

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// directorySource delivers the files of a folder and of the folders below it:
// those that are there, sorted, and then those that arrive. A file that changes
// is delivered again.
//
// Left out are names that begin with a dot, files and folders alike; the
// endings of unfinished downloads (see skipped); links to folders below the
// root, so that no walk runs in a circle; and whatever is not a regular file.
type directorySource struct {
	Status
	uri  string
	root string // absolute, links not resolved: the name that the user knows
	opt  OpenOptions
}

// openDirectory reads "PATH", where ~/ stands for the user's home folder. The
// folder must exist, since a wrong path would otherwise wait in silence.
func openDirectory(path string, opt OpenOptions) (Source, error) {
	uri := "dir:" + path
	if path == "" {
		return nil, fmt.Errorf("%w %q: the path is missing, write dir:PATH", ErrBadURI, uri)
	}
	if rest, ok := strings.CutPrefix(path+"/", "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("%w %q: ~ means the home folder, and there is none: %w", ErrBadURI, uri, err)
		}
		path = filepath.Join(home, rest)
	}
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", ErrBadURI, uri, err)
	}
	if err := checkRoot(root); err != nil {
		return nil, err
	}
	uri = "dir:" + root
	opt.Log = opt.Log.With("source", uri)
	return &directorySource{Status: Status{changed: opt.Changed}, uri: uri, root: root, opt: opt}, nil
}

// checkRoot says what is wrong with the folder, in words that help.
func checkRoot(root string) error {
	info, err := os.Stat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("folder %s does not exist; make it with: mkdir -p %s: %w", root, root, err)
	case err != nil:
		return fmt.Errorf("%w: folder %s, as user id %d: %w", ErrUnreadable, root, os.Geteuid(), err)
	case !info.IsDir():
		return fmt.Errorf("%w %q: that is not a folder; name the folder it lies in", ErrBadURI, "dir:"+root)
	}
	return nil
}

// URI implements [Source].
func (s *directorySource) URI() string { return s.uri }

// Run implements [Source]. It ends early only by an error of emit or of the
// cursor; a folder that goes away makes the source failed until it is back.
func (s *directorySource) Run(ctx context.Context, emit func(context.Context, Frame) error) error {
	w := newDirectoryWatch(s, emit)
	defer w.close()
	err := w.run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		err = fmt.Errorf("source %s: %w", s.uri, err)
		s.set(StateFailed, err)
	}
	return err
}

// skipped reports whether a name never is a finished picture: hidden, or the
// name that a browser, rsync, or an uploader gives while it writes.
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

// young reports whether a file was written so recently, or has a time in the
// future, that it may still be growing. Two seconds is the grain of FAT.
func (s *directorySource) young(modTime time.Time) bool {
	return s.opt.Now().Sub(modTime) < s.opt.Settle+2*time.Second
}
