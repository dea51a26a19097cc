package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	"edgeclr/cmd/edgeclr/internal/benchmark"
	"edgeclr/cmd/internal/cli"
	"edgeclr/internal/atomicfile"
)

// makeFolder makes the folder of the reports, and sees that it can be written
// to: before an hour of work and not after it. None is asked for with "".
func makeFolder(path string) error {
	if path == "" {
		return nil
	}
	if err := os.MkdirAll(path, 0o777); err != nil {
		return atomicfile.Explain(path, err)
	}
	trial, err := os.CreateTemp(path, ".edgeclr-*")
	if err != nil {
		return atomicfile.Explain(path, err)
	}
	trial.Close()
	return os.Remove(trial.Name())
}

// write puts the report into the folder, if one was named.
func (c *benchCommand) write(a *cli.App, report benchmark.Report) error {
	if c.out == "" {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	plot, err := report.Plot()
	if err != nil {
		return err
	}
	for _, file := range []struct {
		ending string
		data   []byte
	}{{".json", append(text, '\n')}, {".png", plot}} {
		path := filepath.Join(c.out, report.Benchmark+file.ending)
		if _, _, err := atomicfile.Write(path, 0o644, bytes.NewReader(file.data)); err != nil {
			return err
		}
		a.Say("%s", path)
	}
	return nil
}
