package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"

	"github.com/spf13/pflag"

	"edgeclr/config"
	"edgeclr/daemon/heartbeat"
)

// app is one run of the program.
type app struct {
	stdout, stderr io.Writer
	environ        []string
	journal        bool // standard error goes to systemd's journal

	// Flags that every command has.
	configFile string
	json       bool
	quiet      bool

	name     string // of the command
	cfg      config.Config
	read     func() (config.Config, error) // gives cfg anew, as the file is now
	set      map[string]bool               // flags that were given
	log      *slog.Logger
	level    slog.LevelVar      // of log
	heart    *heartbeat.Monitor // of the daemon; nil for other commands
	answered bool               // the JSON object is written
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
		a.complain(err)
	}
	return exitCode(err)
}

// dispatch finds the command behind the flags that every command has, which
// may stand before it.
func (a *app) dispatch(ctx context.Context, args []string) error {
	fs := newFlags("edgeclr")
	fs.SetInterspersed(false)
	a.commonFlags(fs)
	switch err := fs.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		a.help(a.stdout)
		return nil
	case err != nil:
		return usagef("%s; a command's own flags stand behind its name", flagError(err))
	}
	if asked, _ := fs.GetBool("version"); asked {
		return a.version()
	}
	rest := fs.Args()
	if len(rest) == 0 {
		a.help(a.stderr)
		return usagef("name a command")
	}
	before := args[:len(args)-len(rest)]
	if n := len(before); n > 0 && before[n-1] == "--" {
		before = before[:n-1]
	}
	behind := append(append([]string{}, before...), rest[1:]...)
	switch rest[0] {
	case "help":
		if len(rest) > 1 {
			return a.dispatch(ctx, []string{rest[1], "--help"})
		}
		a.help(a.stdout)
		return nil
	case "version":
		return a.version()
	}
	for _, e := range commands() {
		if e.name == rest[0] {
			return a.command(ctx, e, behind)
		}
	}
	return usagef("no command %q; `edgeclr help` lists them", rest[0])
}

// command parses the flags, loads the configuration and runs.
func (a *app) command(ctx context.Context, e entry, args []string) error {
	c := e.make()
	a.name = e.name
	fs := newFlags(e.name)
	var overrides []override
	c.flags(fs)
	if m, ok := c.(interface{ model() *modelFlags }); ok {
		overrides = append(overrides, m.model().declare(fs)...)
	}
	if o, ok := c.(interface{ overrides() []override }); ok {
		overrides = append(overrides, o.overrides()...)
	}
	overrides = append(overrides, a.commonFlags(fs)...)
	if err := fs.Parse(args); errors.Is(err, pflag.ErrHelp) {
		a.commandHelp(e, fs)
		return nil
	} else if err != nil {
		a.json = a.json || slices.Contains(args, "--json") // it may stand behind the flag that is wrong
		return usagef("%s; `edgeclr %s --help` lists the flags", flagError(err), e.name)
	}
	if asked, _ := fs.GetBool("version"); asked {
		return a.version()
	}
	a.set = map[string]bool{}
	fs.Visit(func(f *pflag.Flag) { a.set[f.Name] = true })
	if err := a.load(fs, overrides); err != nil {
		return err
	}
	return c.run(ctx, a, fs.Args())
}

// noArgs refuses arguments.
func noArgs(args []string) error {
	if len(args) > 0 {
		return usagef("unexpected argument %q", args[0])
	}
	return nil
}
