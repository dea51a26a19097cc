package config

import (
	"fmt"
	"slices"
	"strings"
)

const envPrefix = "EDGECLR_"

// Variables of the program that are no keys of the file.
const (
	EnvConfig  = "EDGECLR_CONFIG"  // the file, as --config
	EnvWeights = "EDGECLR_WEIGHTS" // where pretrained weights are looked for
	EnvShared  = "EDGECLR_SHARED"  // the data of tests
	EnvTest    = "EDGECLR_TEST_"   // prefix of what tests tell their child processes
)

// readEnvironment applies EDGECLR_* variables ("NAME=value", as os.Environ has
// them) to the loader's configuration. As in exec.Cmd, the last of two equal names counts.
func (l *loader) readEnvironment(environ []string) {
	values := environment(environ)
	names := []string{EnvConfig, EnvWeights, EnvShared}
	for _, k := range l.keys {
		name := k.variable()
		names = append(names, name)
		if text := values[name]; text != "" {
			l.readVariable(name, text, k)
		}
	}
	var unknown []string
	for name := range values {
		if !slices.Contains(names, name) && !strings.HasPrefix(name, EnvTest) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		l.fail(Problem{Where: name, Text: "no such variable" + didYouMean(name, names) + "; unset it if it is of no use"})
	}
}

func (l *loader) readVariable(name, text string, k key) {
	if k.isList() {
		l.readListVariable(name, text, k)
	} else if err := k.set(text); err != nil {
		l.fail(Problem{Key: k.path, Where: name, Text: err.Error()})
	}
	l.origins[k.path] = name
}

// readListVariable takes one value, or several as a YAML list in brackets:
// commas are ordinary letters in URIs and commands.
func (l *loader) readListVariable(name, text string, k key) {
	if !strings.HasPrefix(strings.TrimSpace(text), "[") {
		k.setList([]string{text})
		return
	}
	file, err := parseYAML([]byte(text))
	if err != nil || len(file.Docs) != 1 || len(text) > maxFile {
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
