package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"edgeclr/config"
)

// app is one run of the program.
type app struct {
	stdout, stderr io.Writer
	environ        []string

	// Flags that every command has.
	configFile string
	json       bool
	quiet      bool

	name string // of the command
	cfg  config.Config
	set  map[string]bool // flags that were given
	log  *slog.Logger
}

// command is one subcommand: a struct with its flags as fields, in a file of its own.
type command interface {
	// flags declares the command's own flags.
	flags(fs *pflag.FlagSet)
	// run does the work. The configuration is loaded, flags included.
	run(ctx context.Context, a *app, args []string) error
}

// entry is a line of the registry.
type entry struct {
	name  string
	args  string // as the usage line shows them
	short string
	make  func() command
}

// main runs the command that args name and gives the exit code.
func (a *app) main(ctx context.Context, args []string) int {
	err := a.dispatch(ctx, args)
	if err != nil {
		fmt.Fprintln(a.stderr, "edgeclr:", err)
	}
	return exitCode(err)
}

func (a *app) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		a.help(a.stderr)
		return usagef("name a command")
	}
	switch args[0] {
	case "help", "--help", "-h":
		if len(args) > 1 {
			return a.dispatch(ctx, []string{args[1], "--help"})
		}
		a.help(a.stdout)
		return nil
	case "version", "--version":
		fmt.Fprintln(a.stdout, "edgeclr", version())
		return nil
	}
	for _, e := range commands() {
		if e.name == args[0] {
			return a.command(ctx, e, args[1:])
		}
	}
	return usagef("no command %q; `edgeclr help` lists them", args[0])
}

// command parses the flags, loads the configuration and runs.
func (a *app) command(ctx context.Context, e entry, args []string) error {
	c := e.make()
	a.name = e.name
	fs := pflag.NewFlagSet(e.name, pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	overrides := a.commonFlags(fs)
	c.flags(fs)
	if m, ok := c.(interface{ model() *modelFlags }); ok {
		overrides = append(overrides, m.model().declare(fs)...)
	}
	if o, ok := c.(interface{ overrides() []override }); ok {
		overrides = append(overrides, o.overrides()...)
	}
	if err := fs.Parse(args); errors.Is(err, pflag.ErrHelp) {
		fmt.Fprintf(a.stdout, "edgeclr %s %s\n\n%s.\n\n%s", e.name, e.args, e.short, fs.FlagUsages())
		return nil
	} else if err != nil {
		return usagef("%v; `edgeclr %s --help` lists its flags", err, e.name)
	}
	if asked, _ := fs.GetBool("version"); asked {
		fmt.Fprintln(a.stdout, "edgeclr", version())
		return nil
	}
	a.set = map[string]bool{}
	fs.Visit(func(f *pflag.Flag) { a.set[f.Name] = true })
	if err := a.load(fs, overrides); err != nil {
		return err
	}
	return c.run(ctx, a, fs.Args())
}

// help lists the commands.
func (a *app) help(w io.Writer) {
	fmt.Fprint(w, "edgeclr learns from an unlabelled camera and answers \"what looks like this?\"\n\n")
	for _, e := range commands() {
		fmt.Fprintf(w, "  %-34s %s\n", strings.TrimSpace(e.name+" "+e.args), e.short)
	}
	fmt.Fprint(w, "\n`edgeclr COMMAND --help` lists the flags of a command.\n")
}

// result is a command's answer: one JSON object as the last line of standard
// output, or text for a person.
func (a *app) result(value any, human func(w io.Writer)) error {
	if !a.json {
		if !a.quiet {
			human(a.stdout)
		}
		return nil
	}
	if !a.quiet {
		human(a.stderr)
	}
	line, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", line)
	return err
}

// say tells the person something beside the result.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}

// noArgs refuses arguments.
func noArgs(args []string) error {
	if len(args) > 0 {
		return usagef("unexpected argument %q", args[0])
	}
	return nil
}

// release is set by the linker for releases.
var release string //nolint:gochecknoglobals // the linker can only set a variable

// version is the release, or the commit that the program was built from.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" })
	if i < 0 {
		return "development"
	}
	return "development-" + info.Settings[i].Value[:12]
}
