package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"edgeclr/config"
	"edgeclr/model/arch"
	"edgeclr/systemd"
)

// override ties a flag to the key of the configuration that it wins over.
type override struct{ flag, key string }

// commonFlags declares what every command has.
func (a *app) commonFlags(fs *pflag.FlagSet) []override {
	fs.StringVar(&a.configFile, "config", "", "configuration file (default "+config.DefaultPath+" if it exists)")
	fs.String("data", "", "folder of the store (default /var/lib/edgeclr for root, else ~/.local/share/edgeclr)")
	fs.BoolVar(&a.json, "json", false, "print one JSON object as the last line of standard output, and text to standard error")
	fs.BoolVarP(&a.quiet, "quiet", "q", false, "print the result and errors alone")
	fs.String("log-level", "", "debug, info, warn or error")
	fs.Bool("version", false, "print the version")
	return []override{{"data", "data"}, {"log-level", "log.level"}}
}

// modelFlags are shared by the commands that use an encoder.
type modelFlags struct {
	checkpoint string
}

func (m *modelFlags) model() *modelFlags { return m }

func (m *modelFlags) declare(fs *pflag.FlagSet) []override {
	fs.String("arch", "", "architecture: "+strings.Join(arch.Names(), " or "))
	fs.Int("size", 0, "side of the square that the encoder sees, in pixels")
	fs.String("weights", "", "file of pretrained weights (.pth or .safetensors)")
	fs.StringVar(&m.checkpoint, "checkpoint", "serving", "checkpoint: its id, serving or pretrained")
	fs.String("runtime", "", "what embeds: tensorflow")
	fs.Int("threads", 0, "threads of TensorFlow (default all cores)")
	fs.Uint64("seed", 0, "seed of everything random")
	return []override{{"arch", "model.arch"}, {"size", "model.size"}, {"weights", "model.weights"},
		{"runtime", "model.runtime"}, {"threads", "model.threads"}, {"seed", "model.seed"}}
}

// newFlags is an empty set that prints nothing by itself.
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
	wanted := map[string]string{"int": "a whole number", "uint64": "a whole number from 0", "float64": "a number", "bool": "true or false"}
	flag := bad.GetFlag()
	return fmt.Sprintf("--%s %q is not %s", flag.Name, bad.GetValue(), wanted[flag.Value.Type()])
}

// load reads the configuration for the first time.
func (a *app) load(fs *pflag.FlagSet, overrides []override) (err error) {
	a.read = func() (config.Config, error) { return a.configuration(fs, overrides) }
	if a.cfg, err = a.read(); err == nil {
		a.log, err = newLog(a, a.cfg.Log)
	}
	if err == nil && a.name != "check" { // which prints them itself
		a.warnRenamed(a.cfg)
	}
	return err
}

// warnRenamed logs the keys of a configuration that have another name now.
func (a *app) warnRenamed(cfg config.Config) {
	for _, w := range cfg.Warnings {
		if w.Renamed {
			a.log.Warn("the configuration uses a former name", "key", w.Key, "where", w.Where, "problem", w.Text)
		}
	}
}

// configuration reads the configuration and lays the flags over it.
func (a *app) configuration(fs *pflag.FlagSet, overrides []override) (config.Config, error) {
	cfg, err := config.Load(a.configFile, a.environ)
	if err != nil {
		return cfg, err
	}
	for _, o := range overrides {
		if !fs.Changed(o.flag) {
			continue
		}
		if err := cfg.Set(o.key, fs.Lookup(o.flag).Value.String()); err != nil {
			return cfg, usagef("--%s: %v", o.flag, err)
		}
	}
	if err := cfg.Validate(); err != nil {
		return cfg, blameFlag(fs, overrides, err)
	}
	cfg.Data = config.DataDir(cfg.Data, a.environ, os.Getuid())
	if cfg.Data == "" {
		return cfg, usagef("no home folder to keep the store in: name one with --data DIR")
	}
	if a.quiet && !a.set["log-level"] {
		cfg.Log.Level = "error"
	}
	return cfg, nil
}

// blameFlag makes a problem of the configuration, which was good without the
// flags, one of the command line.
func blameFlag(fs *pflag.FlagSet, overrides []override, err error) error {
	var bad *config.Error
	if !errors.As(err, &bad) {
		return err
	}
	for _, p := range bad.Problems {
		for _, o := range overrides {
			if o.key == p.Key && fs.Changed(o.flag) {
				return usagef("--%s: %s", o.flag, p.Text)
			}
		}
	}
	return err
}

// newLog writes to standard error, and for systemd's journal as it wants it.
func newLog(a *app, cfg config.Log) (*slog.Logger, error) {
	if err := a.level.UnmarshalText([]byte(cfg.Level)); err != nil {
		return nil, fmt.Errorf("log.level: %w", err)
	}
	options := &slog.HandlerOptions{Level: &a.level}
	format := func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewTextHandler(w, o) }
	if cfg.Format == config.LogJSON {
		format = func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewJSONHandler(w, o) }
	}
	if a.journal {
		return slog.New(systemd.NewJournalHandler(a.stderr, *options, format)), nil
	}
	return slog.New(format(a.stderr, options)), nil
}
