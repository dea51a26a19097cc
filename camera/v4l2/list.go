package v4l2

import (
	"cmp"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Found is a device node of this machine that is a camera or may be one.
type Found struct {
	// Path is the node: "/dev/video0".
	Path string

	// Links are the names that stay the same when nodes get new numbers: those in
	// /dev/v4l/by-id, then those in /dev/v4l/by-path.
	Links []string

	// Info describes it when Err is nil.
	Info Info

	// Err says why it could not be opened: mostly fs.ErrPermission.
	Err error
}

// List finds the cameras in the folder dev, in the order of their numbers. Only tests use
// another folder than "/dev". List leaves out nodes that capture no pictures.
func List(dev string) []Found {
	paths, _ := filepath.Glob(filepath.Join(dev, "video[0-9]*"))
	slices.SortFunc(paths, func(a, b string) int { return cmp.Compare(nodeNumber(a), nodeNumber(b)) })
	links := links(dev)
	var all []Found
	for _, path := range paths {
		f := Found{Path: path, Links: links[path]}
		d, err := Open(path)
		switch {
		case errors.Is(err, ErrNotCamera):
			continue
		case err != nil:
			f.Err = err
		default:
			f.Info = d.Info()
			f.Err = d.Close()
		}
		all = append(all, f)
	}
	return all
}

// Stable returns the name to use in a configuration: the first link, or the path if there
// is no link.
func (f Found) Stable() string {
	if len(f.Links) > 0 {
		return f.Links[0]
	}
	return f.Path
}

// nodeNumber returns the number of a node.
func nodeNumber(path string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(filepath.Base(path), "video"))
	return n
}

// links maps each node to the links that point to it.
func links(dev string) map[string][]string {
	all := map[string][]string{}
	for _, folder := range []string{"by-id", "by-path"} {
		names, _ := filepath.Glob(filepath.Join(dev, "v4l", folder, "*"))
		for _, name := range names {
			if target, err := filepath.EvalSymlinks(name); err == nil {
				all[target] = append(all[target], name)
			}
		}
	}
	return all
}
