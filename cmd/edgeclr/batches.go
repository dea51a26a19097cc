package main

import (
	"context"
	"errors"
	"io/fs"

	"edgeclr/camera/decode"
	"edgeclr/camera/directory"
	"edgeclr/cmd/internal/cli"
)

const (
	batchFiles = 32
	batchBytes = 32 << 20 // of files in a batch, above which it is full
)

// picture is a file with its bytes.
type picture struct {
	directory.File
	data []byte
}

// eachBatch reads the files at or below the roots and hands them on in batches.
// A file that cannot be read is skipped with its reason; a root that is
// not there ends the work.
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
