package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"edgeclr/camera/directory"
	"edgeclr/daemon/client"
)

// haveFiles looks for a first file at or below the roots, all of which must be
// there: nothing is begun, and no store is made, for a name that was mistyped.
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

// missing says that an input is not there, or why it cannot be read.
func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s does not exist", client.ErrNothingFound, path)
	}
	return err
}
