package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"edgeclr/camera/decode"
	"edgeclr/camera/directory"
	"edgeclr/camera/sources"
	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon/client"
)

// haveFiles checks that every root exists and that there is a file at or below
// them. A command calls it first, so that a mistyped name makes no store.
func haveFiles(ctx context.Context, roots ...string) error {
	for _, root := range roots {
		if _, err := os.Stat(root); err != nil {
			return missing(root, err)
		}
	}
	for _, err := range directory.Walk(ctx, roots...) {
		if ctx.Err() != nil {
			return err
		}
		return nil // a file, or something that counts as unreadable
	}
	return fmt.Errorf("%w: no files in %q", client.ErrNothingFound, roots)
}

// missing says that an input does not exist, or why it cannot be read.
func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s does not exist", client.ErrNothingFound, path)
	}
	return err
}

const (
	batchFiles = 32       // largest number of files of a batch
	batchBytes = 32 << 20 // a batch with so many bytes is full
)

// picture is a file with its content.
type picture struct {
	directory.File
	data []byte
}

// eachBatch reads the files at or below the roots and calls use with batches of
// them. It calls skip with the reason for a file that cannot be read. A root that
// does not exist ends the work.
func eachBatch(ctx context.Context, a *cli.App, roots []string, what string, skip func(reason string), use func([]picture) error) error {
	progress := newBar(a, 0, what)
	defer progress.done()
	var batch []picture
	seen, bytes := 0, 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := use(batch)
		batch, bytes = nil, 0
		return err
	}
	for file, err := range directory.Walk(ctx, roots...) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, fs.ErrNotExist) && file.Rel == "" {
			return missing(file.Path, err)
		}
		seen++
		progress.set(seen)
		var data []byte
		if err == nil {
			data, err = cli.ReadLimited(file.Path, int64(a.Config.Limits.FileBytes))
		}
		if err != nil {
			a.Log.Debug("skipped", "path", file.Path, "error", err)
			skip(decode.Reason(err))
			continue
		}
		batch, bytes = append(batch, picture{file, data}), bytes+len(data)
		if len(batch) == batchFiles || bytes >= batchBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// synthetic is how the name of a rendered scene begins.
const synthetic = "synthetic:"

// renderedImages is how many pictures eachRendered renders.
const renderedImages = 600

// eachRendered renders pictures of a scene and calls use with batches of them. A
// daemon never learns from these pictures: see [sources.Classed].
func eachRendered(uri string, use func([]picture) error) error {
	images, err := sources.Classed(uri, renderedImages)
	if err != nil {
		return err
	}
	var batch []picture
	for m := range images {
		data, err := m.Image.JPEG(92)
		if err != nil {
			return err
		}
		batch = append(batch, picture{directory.File{Path: m.Path, Class: m.Class}, data})
		if len(batch) == batchFiles {
			if err := use(batch); err != nil {
				return err
			}
			batch = nil
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return use(batch)
}

// toSend converts a batch for the client.
func toSend(batch []picture) []client.Picture {
	sent := make([]client.Picture, len(batch))
	for i, p := range batch {
		sent[i] = client.Picture{Path: p.Path, ModTime: p.ModTime, Data: p.data}
	}
	return sent
}

// limits are the limits of the configuration on one picture.
func limits(cfg config.Config) decode.Limits {
	return decode.Limits{MaxBytes: int64(cfg.Limits.FileBytes), MaxPixels: cfg.Limits.Pixels}
}
