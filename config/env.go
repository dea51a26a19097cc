package config

import (
	"fmt"
	"slices"
	"strings"
)

const envPrefix = "EDGECLR_"

// Variables of the program that are not keys of the file.
const (
	EnvConfig  = "EDGECLR_CONFIG"  // the file, like --config
	EnvWeights = "EDGECLR_WEIGHTS" // a file of pretrained weights
	EnvLiteRT  = "EDGECLR_LITERT"  // the LiteRT library, a file
	EnvShared  = "EDGECLR_SHARED"  // the data of tests
	EnvTest    = "EDGECLR_TEST_"   // prefix of what tests tell their child processes
)

// readEnvironment applies EDGECLR_* variables to the configuration. They have
// the form "NAME=value", as os.Environ returns them. The last of two equal names
// counts, as in exec.Cmd.
func (l *loader) readEnvironment(environ []string) {
	l.layer = layerEnvironment
	values := environment(environ)
	names := []string{EnvConfig, EnvWeights, EnvLiteRT, EnvShared}
	for _, k := range l.keys {
		names = append(names, variable(k.path))
		l.readVariable(values, k.path, k.path)
	}
	former := map[string]bool{}
	for _, r := range l.history.renames {
		former[variable(r.former)] = true
		l.readVariable(values, r.former, r.current...)
	}
	var unknown []string
	for name := range values {
		if !slices.Contains(names, name) && !former[name] && !strings.HasPrefix(name, EnvTest) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		l.fail(Problem{Where: name, Text: "no such variable" + didYouMean(name, names) + "; unset it if it is of no use"})
	}
}

// readVariable applies the variable of a key name to the keys at these paths.
// An empty variable counts as not set.
func (l *loader) readVariable(values map[string]string, name string, paths ...string) {
	text := values[variable(name)]
	if text == "" {
		return
	}
	l.write(name, variable(name), paths, func(k key) {
		if k.isList() {
			l.readListVariable(variable(name), text, k)
		} else if err := k.set(text); err != nil {
			l.fail(Problem{Key: k.path, Where: variable(name), Text: err.Error()})
		}
	})
}

// readListVariable takes one value, or several as a YAML list in brackets. It
// cannot separate values by commas, which are ordinary in URIs and commands.
func (l *loader) readListVariable(name, text string, k key) {
	if !strings.HasPrefix(strings.TrimSpace(text), "[") {
		k.setList([]string{text})
		return
	}
	file, err := parseYAML([]byte(text))
	if err != nil || len(file.Docs) != 1 || len(text) > maxFileBytes {
		l.fail(Problem{Key: k.path, Where: name,
			Text: fmt.Sprintf("%.60q is not a list: write one value, or several as [\"a\", \"b\"]", text), Err: err})
		return
	}
	document{loader: l, name: name}.list(file.Docs[0].Body, k)
}

// environment keeps the variables with our prefix.
func environment(environ []string) map[string]string {
	values := map[string]string{}
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok && strings.HasPrefix(name, envPrefix) {
			values[name] = value
		}
	}
	return values
}
