package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// folder is a source for boards without a network: wheels that a person copied there.
type folder struct{ dir string }

// openFolder refuses a folder that lacks a wheel, and names all that it lacks.
func openFolder(dir string, wanted []wheel) (*folder, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return nil, fmt.Errorf("WHEELS: %w", err)
	}
	var lacks []wheel
	for _, w := range wanted {
		if !isFile(filepath.Join(dir, w.file)) {
			lacks = append(lacks, w)
		}
	}
	if len(lacks) > 0 {
		names := make([]string, len(lacks))
		for i, w := range lacks {
			names[i] = w.file
		}
		return nil, fmt.Errorf("WHEELS=%s lacks %s\n%s", dir, strings.Join(names, " and "), howToCarry(lacks))
	}
	return &folder{dir: dir}, nil
}

func (f *folder) needs(wheel) int64 { return 0 }

func (f *folder) fetch(_ context.Context, w wheel) (string, error) {
	path := filepath.Join(f.dir, w.file)
	if err := verify(path, w); err != nil {
		return "", fmt.Errorf("%w\n  The copy is damaged, or another build of the same release: copy it again\n%s", err, howToCarry([]wheel{w}))
	}
	return path, nil
}

func (f *folder) done(string) error { return nil } // the person's own files stay

// expandHome expands a leading ~/, which shells leave alone in `make deps WHEELS=~/wheels`.
func expandHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}
