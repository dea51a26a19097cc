package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
)

// checkCommand tells whether the configuration is good. Loading it has answered
// most of that: a bad one ends the program with code 78 before this runs.
type checkCommand struct{}

func (c *checkCommand) Flags(*pflag.FlagSet) {}

// TellsWarnings keeps the warnings of the configuration out of the log: they are
// a part of the answer.
func (c *checkCommand) TellsWarnings() {}

func (c *checkCommand) Run(_ context.Context, a *cli.App, args []string) error {
	if err := cli.NoArgs(args); err != nil {
		return err
	}
	if err := checkSources(a.Config, true); err != nil {
		return err
	}
	file := a.Config.File
	report := struct {
		OK       bool     `json:"ok"`
		File     string   `json:"file"`
		Data     string   `json:"data"`
		Warnings []string `json:"warnings"`
	}{true, file, a.Config.Data, []string{}}
	for _, warning := range a.Config.Warnings {
		report.Warnings = append(report.Warnings, warning.String())
	}
	if file == "" {
		file = "no file, so the built-in defaults,"
	}
	return a.Result(report, func(w io.Writer) {
		fmt.Fprintf(w, "%s is good; the store is %s\n", file, a.Config.Data)
		for _, warning := range report.Warnings {
			fmt.Fprintln(w, warning)
		}
	})
}
