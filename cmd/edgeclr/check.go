package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"edgeclr/camera"
	"edgeclr/camera/sources"
	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
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

// checkFlagSources opens each source without starting it, before a store is made
// for one that cannot be.
func checkFlagSources(uris ...string) error {
	for _, uri := range uris {
		if _, err := sources.Open(uri, sources.Options{}); err != nil {
			return err
		}
	}
	return nil
}

// checkSources does so with those of the configuration, whose fault it is. A
// folder that is missing is none for a daemon (its disk may be mounted
// later), so only strict asks.
func checkSources(cfg config.Config, strict bool) error {
	var problems []config.Problem
	for i, s := range cfg.Sources {
		_, err := sources.Open(s.URI, sources.Options{Live: s.LiveOptions})
		malformed := errors.Is(err, camera.ErrUnknownSource) || errors.Is(err, camera.ErrBadURI) || errors.Is(err, camera.ErrBadOption)
		if malformed || err != nil && strict {
			problems = append(problems, config.Problem{Key: "sources", Where: cfg.File, Text: fmt.Sprintf("item %d: %v", i+1, err)})
		}
	}
	if len(problems) > 0 {
		return &config.Error{Problems: problems}
	}
	return nil
}
