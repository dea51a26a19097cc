package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// unpack makes the folder of a wheel under a temporary name. It renames the folder when all files are on the disk.
func (in *installer) unpack(ctx context.Context, path string, w wheel, l layout) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer archive.Close()

	temp := filepath.Join(in.partial(), w.folder())
	for _, m := range l.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := extract(&archive.Reader, m.from, filepath.Join(temp, m.to)); err != nil {
			return err
		}
	}
	if l.strip {
		if err := in.stripLibraries(ctx, filepath.Join(temp, "lib")); err != nil {
			return err
		}
	}
	if err := syncTree(temp); err != nil {
		return err
	}

	final := filepath.Join(in.root, w.folder())
	if err := os.RemoveAll(final); err != nil { // it exists if somebody deleted a file in it
		return err
	}
	if err := os.Rename(temp, final); err != nil {
		return err
	}
	if l.alias != "" {
		if err := relink(in.partial(), filepath.Join(in.root, l.alias), w.folder()); err != nil {
			return err
		}
	}
	return syncPath(in.root)
}

// extract writes one member of the archive. Reading the member to its end checks the archive's CRC.
func extract(archive *zip.Reader, from, to string) error {
	r, err := archive.Open(from)
	if err != nil {
		return fmt.Errorf("the wheel does not hold %s: %w", from, err)
	}
	defer r.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return fmt.Errorf("%s: %w", from, err)
	}
	return f.Close()
}

// stripLibraries removes symbols, which are a quarter of TensorFlow's size. Unstripped libraries work too, so a failure is
// only reported. strip writes to a second file, so that the library stays whole if strip is killed.
func (in *installer) stripLibraries(ctx context.Context, dir string) error {
	libraries, err := filepath.Glob(filepath.Join(dir, "*.so.*"))
	if err != nil {
		return err
	}
	for _, library := range libraries {
		stripped := library + ".stripped"
		out, err := exec.CommandContext(ctx, in.strip, "--strip-unneeded", "-o", stripped, library).CombinedOutput()
		if err := ctx.Err(); err != nil {
			return err
		}
		if err != nil {
			os.Remove(stripped)
			fmt.Fprintf(in.out, "note: %s stays as large as it came, since %s failed: %v %s\n  (sudo apt-get install binutils)\n",
				filepath.Base(library), in.strip, err, bytes.TrimSpace(out))
			continue
		}
		if err := os.Rename(stripped, library); err != nil {
			return err
		}
	}
	return nil
}

// relink makes the link at name point to target, in one step.
func relink(tempDir, name, target string) error {
	temp := filepath.Join(tempDir, filepath.Base(name)+".link")
	if err := os.Symlink(target, temp); err != nil {
		return err
	}
	return os.Rename(temp, name)
}
