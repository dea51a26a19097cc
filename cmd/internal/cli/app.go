package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"edgeclr/config"
	"edgeclr/daemon/client"
)

// App is one run of the program. The program sets the fields up to Open and calls
// Main. When a command runs, the other fields are set too.
type App struct {
	Stdout, Stderr io.Writer
	Environ        []string
	Journal        bool // standard error goes to systemd's journal
	Version        string
	Commands       []Entry
	// Open makes this process the owner of the store. It returns a client of the
	// store, and a function that releases the store. WithStore calls Open when no
	// process owns the store.
	Open func(ctx context.Context, a *App, n Need) (api *client.Client, release func() error, err error)

	// Flags that every command has.
	ConfigFile string
	JSON       bool
	Quiet      bool

	Name       string // name of the command
	Config     config.Config
	ReadConfig func() (config.Config, error) // reads Config again, as the file is now
	Given      map[string]bool               // names of the flags on the command line
	Log        *slog.Logger
	Level      slog.LevelVar // of Log
	answered   bool          // the JSON object is written
}

// Command is one subcommand: a struct with its flags as fields, in a file of its own.
type Command interface {
	// Flags declares the command's own flags.
	Flags(fs *pflag.FlagSet)
	// Run does the work. The configuration is loaded, and the flags are laid over it.
	Run(ctx context.Context, a *App, args []string) error
}

// Entry is a line of the list of commands.
type Entry struct {
	Name  string
	Args  string // as the usage line shows them
	Short string
	Make  func() Command
}

// Usage is the command with its arguments.
func (e Entry) Usage() string { return strings.TrimSpace(e.Name + " " + e.Args) }

// Main runs the command that args name, tells why it failed, and returns the
// exit code.
func (a *App) Main(ctx context.Context, args []string) int { return a.End(a.Run(ctx, args)) }

// End tells why a run failed and returns its exit code.
func (a *App) End(err error) int {
	if err != nil {
		a.reportError(err)
	}
	return ExitCode(err)
}

// commandLine is a command line divided at the name of the command.
type commandLine struct {
	name    string   // "" when there is none
	before  []string // what comes before the name: flags that every command has
	after   []string // what comes after it: the command's flags and arguments
	version bool     // --version is among before
}

// parse divides the command line. The error matches pflag.ErrHelp if --help comes
// before the name.
func (a *App) parse(args []string) (commandLine, error) {
	fs := newFlags("edgeclr")
	fs.SetInterspersed(false)
	a.commonFlags(fs)
	if err := fs.Parse(args); err != nil {
		return commandLine{}, err
	}
	asked, _ := fs.GetBool("version") // it is declared
	rest := fs.Args()
	if len(rest) == 0 {
		return commandLine{version: asked}, nil
	}
	before := args[:len(args)-len(rest)]
	if n := len(before); n > 0 && before[n-1] == "--" {
		before = before[:n-1]
	}
	return commandLine{rest[0], before, rest[1:], asked}, nil
}

// Knows reports whether the command line names one of a.Commands, and asks for
// neither help nor the version before the name.
func (a *App) Knows(args []string) bool {
	line, err := new(App).parse(args)
	return err == nil && !line.version && a.find(line.name) != nil
}

func (a *App) find(name string) *Entry {
	i := slices.IndexFunc(a.Commands, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &a.Commands[i]
}

// Run runs the command that args name.
func (a *App) Run(ctx context.Context, args []string) error {
	run, err := a.Prepare(args)
	if err != nil || run == nil {
		return err
	}
	return run(ctx)
}

// Prepare parses the command line and loads the configuration. It returns a function
// that runs the command. The function is nil if the line asks for help or for the
// version, which Prepare itself prints.
func (a *App) Prepare(args []string) (run func(ctx context.Context) error, err error) {
	line, err := a.parse(args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		a.help(a.Stdout)
		return nil, nil
	case err != nil:
		return nil, Usagef("%s; a command's own flags come after its name", flagError(err))
	case line.version || line.name == "version":
		return nil, a.printVersion()
	case line.name == "":
		a.help(a.Stderr)
		return nil, Usagef("name a command")
	case line.name == "help":
		if len(line.after) > 0 {
			return a.Prepare([]string{line.after[0], "--help"})
		}
		a.help(a.Stdout)
		return nil, nil
	}
	e := a.find(line.name)
	if e == nil {
		return nil, Usagef("no command %q; `edgeclr help` lists them", line.name)
	}
	return a.command(*e, slices.Concat(line.before, line.after))
}

// command does the work of Prepare for a known command.
func (a *App) command(e Entry, args []string) (run func(ctx context.Context) error, err error) {
	c := e.Make()
	a.Name = e.Name
	fs := newFlags(e.Name)
	var overrides []Override
	c.Flags(fs)
	if m, ok := c.(interface{ Model() *ModelFlags }); ok {
		overrides = append(overrides, m.Model().declare(fs)...)
	}
	if o, ok := c.(interface{ Overrides() []Override }); ok {
		overrides = append(overrides, o.Overrides()...)
	}
	overrides = append(overrides, a.commonFlags(fs)...)
	if err := fs.Parse(args); errors.Is(err, pflag.ErrHelp) {
		a.commandHelp(e, fs)
		return nil, nil
	} else if err != nil {
		a.JSON = a.JSON || slices.Contains(args, "--json") // it may come after the flag that is wrong
		return nil, Usagef("%s; `edgeclr %s --help` lists the flags", flagError(err), e.Name)
	}
	if asked, _ := fs.GetBool("version"); asked {
		return nil, a.printVersion()
	}
	a.Given = map[string]bool{}
	fs.Visit(func(f *pflag.Flag) { a.Given[f.Name] = true })
	if err := a.load(fs, overrides); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		if _, tells := c.(interface{ TellsWarnings() }); !tells {
			a.WarnRenamed(a.Config)
		}
		return c.Run(ctx, a, fs.Args())
	}, nil
}

// NoArgs refuses arguments.
func NoArgs(args []string) error {
	if len(args) > 0 {
		return Usagef("unexpected argument %q", args[0])
	}
	return nil
}

// Answered lists the commands that a running service answers. This process does not
// need TensorFlow for them.
func Answered() []Entry {
	return []Entry{Query(), Label(), Labels(), Checkpoints(), Pause(), Resume(), Status()}
}
