package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"edgeclr/camera"
	"edgeclr/camera/sources"
	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon/serving"
)

// checkCommand says whether the configuration is good, and what to change in it.
// Most problems end the program with code 78 while it loads the configuration,
// before this command runs.
type checkCommand struct{}

func (c *checkCommand) Flags(*pflag.FlagSet) {}

// TellsWarnings keeps the warnings of the configuration out of the log, since they
// are part of the answer.
func (c *checkCommand) TellsWarnings() {}

func (c *checkCommand) Run(_ context.Context, a *cli.App, args []string) error {
	if err := cli.NoArgs(args); err != nil {
		return err
	}
	if err := checkSources(a.Config, true); err != nil {
		return err
	}
	if err := checkEncoderFiles(a.Config); err != nil {
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

// checkEncoderFiles reads and checks the files of encoder.file and learn.teacher. Its error
// is a *config.Error. It does not run the files: that needs LiteRT, and the daemon does it
// in a child process.
func checkEncoderFiles(cfg config.Config) error {
	var problems []config.Problem
	for _, named := range []config.EncoderFile{cfg.ServingFile(), cfg.TeacherFile()} {
		if _, err := serving.ReadEncoderFile(named); err != nil {
			text := strings.TrimPrefix(err.Error(), named.Key+": ")
			problems = append(problems, config.Problem{Key: named.Key, Where: cfg.File, Text: text, Err: err})
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &config.Error{Problems: problems}
}

// checkFlagSources opens each source of the command line without starting it, so
// that a source that cannot work is refused before a store is made.
func checkFlagSources(uris ...string) error {
	for _, uri := range uris {
		if _, err := sources.Open(uri, sources.Options{}); err != nil {
			return err
		}
	}
	return nil
}

// checkSources opens each source of the configuration without starting it. Its error
// is a *config.Error. strict also refuses a missing folder. The daemon is not strict,
// since the disk of the folder may be mounted later.
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
