package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// installer installs into one folder.
type installer struct {
	root   string // the folder, .deps
	wheels string // folder of wheels; "" means that pip fetches them
	strip  string // program that removes symbols
	free   func(dir string) (int64, error)
	out    io.Writer
}

// install unpacks the wheels that are missing. It writes nothing when none is.
func (in *installer) install(ctx context.Context, wheels []wheel) error {
	missing, err := in.missing(wheels)
	if err != nil || len(missing) == 0 {
		return err
	}
	if err := os.MkdirAll(in.root, 0o755); err != nil {
		return fmt.Errorf("making the folder of dependencies: %w", err)
	}
	unlock, err := lock(in.root, in.out)
	if err != nil {
		return err
	}
	defer unlock()

	// Another run may have done the work while this one waited.
	if missing, err = in.missing(wheels); err != nil {
		return err
	}
	if err := os.RemoveAll(in.partial()); err != nil {
		return fmt.Errorf("removing what an interrupted run left: %w", err)
	}
	defer os.RemoveAll(in.partial())
	src, err := in.source(missing)
	if err != nil {
		return err
	}
	for _, w := range missing {
		if err := in.installWheel(ctx, src, w); err != nil {
			return err
		}
	}
	return nil
}

// missing returns the wheels whose folders are not complete.
func (in *installer) missing(wheels []wheel) ([]wheel, error) {
	var missing []wheel
	for _, w := range wheels {
		l, err := layoutOf(w.unit)
		if err != nil {
			return nil, err
		}
		if !l.complete(filepath.Join(in.root, w.folder())) {
			missing = append(missing, w)
		}
	}
	return missing, nil
}

// source decides where the missing wheels come from.
func (in *installer) source(missing []wheel) (source, error) {
	if in.wheels != "" {
		return openFolder(in.wheels, missing)
	}
	return &download{cache: filepath.Join(in.root, "wheels"), partial: in.partial(), wanted: missing, out: in.out}, nil
}

// installWheel fetches, verifies and unpacks one wheel.
func (in *installer) installWheel(ctx context.Context, src source, w wheel) error {
	l, err := layoutOf(w.unit)
	if err != nil {
		return err
	}
	if err := in.checkSpace(w, src.needs(w), l); err != nil {
		return err
	}
	path, err := src.fetch(ctx, w)
	if err != nil {
		return err
	}
	fmt.Fprintf(in.out, "unpacking %s\n", w.requirement)
	if err := in.unpack(ctx, path, w, l); err != nil {
		return fmt.Errorf("unpacking %s: %w", path, err)
	}
	fmt.Fprintf(in.out, "%s is in %s\n", w.requirement, filepath.Join(in.root, w.folder()))
	return src.done(path)
}

// checkSpace returns an error when the disk is too small. fetching is the space that the source needs: two copies of the wheel,
// one of which is still there during unpacking. A library exists twice while it is stripped.
func (in *installer) checkSpace(w wheel, fetching int64, l layout) error {
	need := max(fetching, fetching/2+l.unpacked)
	if l.strip {
		need = max(fetching, fetching/2+2*l.unpacked)
	}
	have, err := in.free(in.root)
	if err != nil {
		return fmt.Errorf("asking for the free space of %s: %w", in.root, err)
	}
	if have < need {
		return fmt.Errorf("%s needs %d MB free in %s to unpack (%d MB or less stay), and the disk has %d MB.\n"+
			"  Free some space, or put the folder on another disk: mv %s /mnt/disk/edgeclr && ln -s /mnt/disk/edgeclr %s",
			w.requirement, need/1e6, in.root, l.unpacked/1e6, have/1e6, in.root, in.root)
	}
	return nil
}

func (in *installer) partial() string { return filepath.Join(in.root, "partial") }
