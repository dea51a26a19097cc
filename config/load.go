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
)

// Load reads the configuration of a command.
//
// Path is the file; "" means the one that EDGECLR_CONFIG names, else
// DefaultPath if it exists, else none. A file that is named must exist. Environ is
// the process's environment, as os.Environ gives it; nil is an empty one.
//
// The error is an *Error with all problems; the Config is then the zero value.
func Load(path string, environ []string) (Config, error) {
	return load(path, DefaultPath, environ)
}

func load(path, defaultPath string, environ []string) (Config, error) {
	l := newLoader()
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
		l.sortProblems()
		return Config{}, &Error{Problems: l.problems}
	}
	l.config.Data = DataDir(l.config.Data, environ, os.Geteuid())
	return l.config, nil
}

// loader is a configuration that is being put together.
type loader struct {
	config   Config
	keys     []key             // of config
	origins  map[string]string // key -> where its value comes from, as Problem.Where
	problems []Problem
}

func newLoader() *loader {
	l := &loader{config: Default(), origins: map[string]string{}}
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

// validate adds what Validate finds, unless the key already has a problem: its
// value is then still the default.
func (l *loader) validate() {
	unread := l.problems
	for _, p := range l.config.problems() {
		if !slices.ContainsFunc(unread, func(q Problem) bool { return q.Key == p.Key }) {
			p.Where = l.origins[p.Key]
			l.fail(p)
		}
	}
}

// sortProblems puts those of the file first, by line.
func (l *loader) sortProblems() {
	line := func(p Problem) int {
		after, _ := strings.CutPrefix(p.Where, l.config.File+":")
		if n, err := strconv.Atoi(after); err == nil {
			return n
		}
		return math.MaxInt
	}
	slices.SortStableFunc(l.problems, func(a, b Problem) int { return cmp.Compare(line(a), line(b)) })
}
