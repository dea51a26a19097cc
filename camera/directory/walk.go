package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"edgeclr/camera/decode"
)

// File is one regular file of a folder.
type File struct {
	// Path is the root as the caller wrote it, joined with Rel.
	Path string

	// Rel is the path below the root; the file's own name when the root is a
	// file.
	Rel string

	// Class is the first folder below the root, "" for files directly in the root.
	// It is the true class of a labelled picture. Only evaluation may read it.
	Class string

	Size    int64
	ModTime time.Time
}

// Walk yields the regular files at or below each root, in the order of the
// roots and sorted by name within a folder, the same on every run. A link to a
// file counts as a file. A link to a folder is followed only when it is a root,
// so that a walk always ends. Walk leaves out devices, pipes and sockets, and
// yields every other name, hidden or not.
//
// Walk yields what it cannot read as an error with Path set, and goes on. The
// error matches [decode.ErrUnreadable], or fs.ErrNotExist for a missing root. The
// error of a cancelled ctx ends the walk.
func Walk(ctx context.Context, roots ...string) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		for _, root := range roots {
			if !walkRoot(ctx, root, yield) {
				return
			}
		}
	}
}

// walkRoot yields one root and reports whether to go on.
func walkRoot(ctx context.Context, root string, yield func(File, error) bool) bool {
	info, err := os.Stat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return yield(File{Path: root}, fmt.Errorf("%s does not exist: %w", root, err))
	case err != nil:
		return yield(File{Path: root}, fmt.Errorf("%w: %w", decode.ErrUnreadable, err))
	case info.IsDir():
		return walkFolder(ctx, root, "", yield)
	case !info.Mode().IsRegular():
		return yield(File{Path: root}, fmt.Errorf("%w: %s is neither a file nor a folder", decode.ErrUnreadable, root))
	}
	return yield(File{Path: root, Rel: filepath.Base(root), Size: info.Size(), ModTime: info.ModTime()}, nil)
}

// walkFolder yields the folder rel below root.
func walkFolder(ctx context.Context, root, rel string, yield func(File, error) bool) bool {
	folder := filepath.Join(root, rel)
	entries, err := os.ReadDir(folder)
	if err != nil && !yield(File{Path: folder, Rel: rel}, fmt.Errorf("%w: %w", decode.ErrUnreadable, err)) {
		return false
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			yield(File{}, err)
			return false
		}
		below := filepath.Join(rel, e.Name())
		if e.IsDir() {
			if !walkFolder(ctx, root, below, yield) {
				return false
			}
			continue
		}
		path := filepath.Join(root, below)
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			// A dangling link, a file that vanished meanwhile, a pipe, or a
			// link to a folder.
			continue
		}
		f := File{Path: path, Rel: below, Class: firstFolder(below), Size: info.Size(), ModTime: info.ModTime()}
		if !yield(f, nil) {
			return false
		}
	}
	return true
}

// firstFolder returns the first element of a path that has more than one.
func firstFolder(rel string) string {
	first, _, below := strings.Cut(rel, string(filepath.Separator))
	if !below {
		return ""
	}
	return first
}
