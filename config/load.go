package config

import (
	"cmp"
	"errors"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"edgeclr/augment"
)

// Load reads the configuration of a command.
//
// path is the file. "" means the file that EDGECLR_CONFIG names, otherwise
// DefaultPath if it exists, otherwise none. A file that is named must exist.
// environ is the environment of the process, as os.Environ returns it; nil is an
// empty one.
//
// The error is an *Error with all problems. The Config is then the zero value.
func Load(path string, environ []string) (Config, error) {
	return load(ownHistory(), path, DefaultPath, environ)
}

func load(h history, path, defaultPath string, environ []string) (Config, error) {
	l := newLoader(h)
	if path == "" {
		path = environment(environ)[EnvConfig]
	}
	if path == "" {
		if _, err := os.Stat(defaultPath); !errors.Is(err, fs.ErrNotExist) {
			path = defaultPath
		}
	}
	if path != "" {
		l.config.File = path
		l.readFile(path)
	}
	l.readEnvironment(environ)
	l.applyPreset()
	l.validate()
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b Problem) int { return cmp.Compare(l.line(a.Where), l.line(b.Where)) })
		return Config{}, &Error{Problems: l.problems}
	}
	l.warnFormerDefaults()
	l.warnThumbnails()
	slices.SortStableFunc(l.config.Warnings, func(a, b Warning) int { return cmp.Compare(l.line(a.Where), l.line(b.Where)) })
	l.config.Data = DataDir(l.config.Data, environ, os.Geteuid())
	return l.config, nil
}

// loader puts a configuration together.
type loader struct {
	config   Config
	keys     []key // of config
	history  history
	layer    layer             // the layer that is read now
	origins  map[string]origin // path of a key -> where its value was written
	problems []Problem
}

func newLoader(h history) *loader {
	l := &loader{config: Default(), history: h, origins: map[string]origin{}}
	l.keys = keysOf(&l.config)
	return l
}

func (l *loader) fail(p Problem) { l.problems = append(l.problems, p) }

// names lists the keys and their sections.
func (l *loader) names() []string {
	var names []string
	for _, k := range l.keys {
		if section, _, ok := strings.Cut(k.path, "."); ok && !slices.Contains(names, section) {
			names = append(names, section)
		}
		names = append(names, k.path)
	}
	return names
}

// applyPreset fills in the keys of the augmentation that were not set, from the
// preset. It ignores an unknown preset, which validate reports.
func (l *loader) applyPreset() {
	preset, err := augment.Preset(l.config.Augment.Preset)
	if err != nil {
		return
	}
	from := Config{Augment: preset}
	values := keysOf(&from)
	for i, k := range l.keys {
		if _, set := l.origins[k.path]; strings.HasPrefix(k.path, "augment.") && !set {
			k.value.Set(values[i].value)
		}
	}
}

// validate adds the problems that Validate finds. It leaves out a key that already
// has a problem: its value could not be read and is still the default.
func (l *loader) validate() {
	unread := l.problems
	for _, p := range l.config.problems() {
		if from, ok := l.origins[p.Key]; ok {
			p.Key, p.Where = from.name, from.where
		}
		told := slices.ContainsFunc(l.problems[len(unread):], func(q Problem) bool { return q.String() == p.String() }) // of a former name for several keys
		if !told && !slices.ContainsFunc(unread, func(q Problem) bool { return q.Key == p.Key }) {
			l.fail(p)
		}
	}
}

// line is the line of a place in the file, for sorting. All other places come after
// the file.
func (l *loader) line(where string) int {
	after, _ := strings.CutPrefix(where, l.config.File+":")
	if n, err := strconv.Atoi(after); err == nil {
		return n
	}
	return math.MaxInt
}
