package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/model/arch"
	"edgeclr/systemd"
)

// Override names a flag and the configuration key that the flag overrides.
type Override struct{ Flag, Key string }

// commonFlags declares the flags that every command has.
func (a *App) commonFlags(fs *pflag.FlagSet) []Override {
	fs.StringVar(&a.ConfigFile, "config", "", "configuration file (default "+config.DefaultPath+" if it exists)")
	fs.String("data", "", "folder of the store (default /var/lib/edgeclr for root, else ~/.local/share/edgeclr)")
	fs.BoolVar(&a.JSON, "json", false, "print one JSON object as the last line of standard output, and text to standard error")
	fs.BoolVarP(&a.Quiet, "quiet", "q", false, "print only the result and errors")
	fs.String("log-level", "", "debug, info, warn or error")
	fs.Bool("version", false, "print the version")
	return []Override{{"data", "data"}, {"log-level", "log.level"}}
}

// ModelFlags are shared by the commands that use an encoder.
type ModelFlags struct {
	Checkpoint string // its id, serving or pretrained
}

// Model returns m. App declares the flags of every command that embeds ModelFlags.
func (m *ModelFlags) Model() *ModelFlags { return m }

func (m *ModelFlags) declare(fs *pflag.FlagSet) []Override {
	fs.String("arch", "", "architecture: "+strings.Join(arch.Names(), " or "))
	fs.Int("size", 0, "serving size: side of the square at which pictures are embedded, in pixels (default 224)")
	fs.Int("learn-size", 0, "learning size: side of training views, in pixels (default automatic: see learn.size)")
	fs.String("weights", "", "file of pretrained weights (.pth or .safetensors)")
	fs.StringVar(&m.Checkpoint, "checkpoint", client.ServingName, "checkpoint: its id, serving or pretrained")
	fs.String("runtime", "", "what computes embeddings: auto, litert or tensorflow")
	fs.Int("threads", 0, "threads of one operation (default all cores)")
	fs.Uint64("seed", 0, "seed of everything random")
	return []Override{{"arch", "model.arch"}, {"size", "serve.size"}, {"learn-size", "learn.size"}, {"weights", "model.weights"},
		{"runtime", "model.runtime"}, {"threads", "model.threads"}, {"seed", "model.seed"}}
}

// newFlags makes an empty set of flags that prints nothing by itself.
func newFlags(name string) *pflag.FlagSet {
	fs := pflag.NewFlagSet(name, pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.SortFlags = false
	return fs
}

// flagError says what is wrong with the command line.
func flagError(err error) string {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err.Error()
	}
	wanted := map[string]string{"int": "a whole number", "uint64": "a whole number from 0", "float64": "a number", "bool": "true or false",
		"duration": "a time like 20s or 1m30s", "intSlice": "a list of whole numbers like 96,224"}
	flag := bad.GetFlag()
	return fmt.Sprintf("--%s %q is not %s", flag.Name, bad.GetValue(), wanted[flag.Value.Type()])
}

// load reads the configuration for the first time.
func (a *App) load(fs *pflag.FlagSet, overrides []Override) (err error) {
	a.ReadConfig = func() (config.Config, error) { return a.configuration(fs, overrides) }
	if a.Config, err = a.ReadConfig(); err != nil {
		return err
	}
	return a.SetLog()
}

// WarnRenamed logs the keys of a configuration that have another name now.
func (a *App) WarnRenamed(cfg config.Config) {
	for _, w := range cfg.Warnings {
		if w.Renamed {
			a.Log.Warn("the configuration uses a former name", "key", w.Key, "where", w.Where, "problem", w.Text)
		}
	}
}

// configuration reads the configuration and lays the flags over it.
func (a *App) configuration(fs *pflag.FlagSet, overrides []Override) (config.Config, error) {
	cfg, err := config.Load(a.ConfigFile, a.Environ)
	if err != nil {
		return cfg, err
	}
	for _, o := range overrides {
		if !fs.Changed(o.Flag) {
			continue
		}
		if err := cfg.Set(o.Key, fs.Lookup(o.Flag).Value.String()); err != nil {
			return cfg, Usagef("--%s: %v", o.Flag, err)
		}
	}
	if err := cfg.Validate(); err != nil {
		return cfg, blameFlag(fs, overrides, err)
	}
	cfg.Data = config.DataDir(cfg.Data, a.Environ, os.Getuid())
	if cfg.Data == "" {
		return cfg, Usagef("no home folder to keep the store in: name one with --data DIR")
	}
	if a.Quiet && !a.Given["log-level"] {
		cfg.Log.Level = "error"
	}
	return cfg, nil
}

// blameFlag turns a problem of the configuration into a problem of the command line if
// a flag gave the value. The configuration was good without the flags.
func blameFlag(fs *pflag.FlagSet, overrides []Override, err error) error {
	var bad *config.Error
	if !errors.As(err, &bad) {
		return err
	}
	for _, p := range bad.Problems {
		for _, o := range overrides {
			if o.Key == p.Key && fs.Changed(o.Flag) {
				return Usagef("--%s: %s", o.Flag, p.Text)
			}
		}
	}
	return err
}

// SetLog makes Log according to Config.Log. The log goes to standard error, in the form
// of systemd's journal if the journal reads standard error.
func (a *App) SetLog() error {
	if err := a.Level.UnmarshalText([]byte(a.Config.Log.Level)); err != nil {
		return fmt.Errorf("log.level: %w", err)
	}
	options := &slog.HandlerOptions{Level: &a.Level}
	format := func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewTextHandler(w, o) }
	if a.Config.Log.Format == config.LogJSON {
		format = func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewJSONHandler(w, o) }
	}
	if a.Journal {
		a.Log = slog.New(systemd.NewJournalHandler(a.Stderr, *options, format))
	} else {
		a.Log = slog.New(format(a.Stderr, options))
	}
	return nil
}
