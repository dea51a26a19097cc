package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/pflag"
)

// checkCommand tells whether the configuration is good. Loading it has answered
// most of that: a bad one ends the program with code 78 before this runs.
type checkCommand struct{}

func (c *checkCommand) flags(*pflag.FlagSet) {}

func (c *checkCommand) run(_ context.Context, a *app, args []string) error {
	if err := noArgs(args); err != nil {
		return err
	}
	if err := checkSources(a.cfg, true); err != nil {
		return err
	}
	file := a.cfg.File
	report := struct {
		OK       bool     `json:"ok"`
		File     string   `json:"file"`
		Data     string   `json:"data"`
		Warnings []string `json:"warnings"`
	}{true, file, a.cfg.Data, []string{}}
	for _, warning := range a.cfg.Warnings {
		report.Warnings = append(report.Warnings, warning.String())
	}
	if file == "" {
		file = "no file, so the built-in defaults,"
	}
	return a.result(report, func(w io.Writer) {
		fmt.Fprintf(w, "%s is good; the store is %s\n", file, a.cfg.Data)
		for _, warning := range report.Warnings {
			fmt.Fprintln(w, warning)
		}
	})
}
