// Command pictures renders small pictures of the synthetic scene into class folders. The tests of the packages use them, so
// that they need no foreign pictures.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"edgeclr/camera/sources"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%d arguments; usage: pictures FOLDER N", len(args))
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("number of pictures: %w", err)
	}
	images, err := sources.Classed("synthetic:conveyor", n)
	if err != nil {
		return err
	}
	for m := range images {
		data, err := m.Image.JPEG(90)
		if err != nil {
			return err
		}
		path := filepath.Join(args[0], m.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
