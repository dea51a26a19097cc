package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEnvironmentWinsOverTheFile(t *testing.T) {
	file := write(t, "learn: {batch: 8, steps: 30}\nlisten: 127.0.0.1:1\n")
	for _, c := range []struct {
		name    string
		environ []string
		want    func(*Config)
	}{
		{"none", []string{"PATH=/bin", "LEARN_BATCH=7"}, func(c *Config) {}},
		{"a number", []string{"EDGECLR_LEARN_BATCH=16"}, func(c *Config) { c.Learn.Batch = 16 }},
		{"two words", []string{"EDGECLR_LEARN_HEAD_STEPS=0"}, func(c *Config) { c.Learn.HeadSteps = 0 }},
		{"the last of two", []string{"EDGECLR_LEARN_BATCH=4", "EDGECLR_LEARN_BATCH=5"}, func(c *Config) { c.Learn.Batch = 5 }},
		{"empty is not set", []string{"EDGECLR_LEARN_BATCH=", "EDGECLR_LISTEN="}, func(c *Config) {}},
		{"a size", []string{"EDGECLR_STORE_MAX_BYTES=64MiB"}, func(c *Config) { c.Store.MaxBytes = 64 * MiB }},
		{"one source, with commas", []string{"EDGECLR_SOURCES=exec:a -x 1,2"}, func(c *Config) { c.Sources = SourcesOf("exec:a -x 1,2") }},
		{"two sources", []string{`EDGECLR_SOURCES=["dir:/a", 'dir:/b c']`}, func(c *Config) { c.Sources = SourcesOf("dir:/a", "dir:/b c") }},
		{"no sources", []string{"EDGECLR_SOURCES=[]"}, func(c *Config) { c.Sources = SourcesOf() }},
		{"a value that looks like YAML", []string{"EDGECLR_MODEL_WEIGHTS={a: b}"}, func(c *Config) { c.Model.Weights = "{a: b}" }},
		{"others of ours", []string{"EDGECLR_WEIGHTS=/w", "EDGECLR_SHARED=/s", "EDGECLR_TEST_CHILD=1"}, func(c *Config) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := Default()
			want.Learn.Batch, want.Learn.Steps, want.Listen, want.Data = 8, 30, "127.0.0.1:1", "/d"
			c.want(&want)
			got, err := Load(file, append(c.environ, "EDGECLR_DATA=/d"))
			if err != nil {
				t.Fatal(err)
			}
			if changed := Diff(want, got); changed != nil {
				t.Errorf("differs in %v: %+v", changed, got)
			}
		})
	}
}

func TestEnvironmentRefused(t *testing.T) {
	for variable, want := range map[string]string{
		"EDGECLR_LEARN_BATCH=many":   `EDGECLR_LEARN_BATCH: learn.batch: "many" must be a whole number`,
		"EDGECLR_LEARN_BATCH=1":      `EDGECLR_LEARN_BATCH: learn.batch: 1 is not allowed: give 2 to 4096`,
		"EDGECLR_LERN_BATCH=8":       `EDGECLR_LERN_BATCH: no such variable; did you mean "EDGECLR_LEARN_BATCH"?; unset it if it is of no use`,
		"EDGECLR_=8":                 `EDGECLR_: no such variable`,
		"EDGECLR_learn_batch=8":      `EDGECLR_learn_batch: no such variable`,
		"EDGECLR_SOURCES=[dir:/a":    `EDGECLR_SOURCES: sources: "[dir:/a" is not a list: write one value, or several as ["a", "b"]`,
		"EDGECLR_SOURCES=[a: b]":     `EDGECLR_SOURCES:1: sources: item 1 must be a single plain value`,
		"EDGECLR_SOURCES=/srv":       `EDGECLR_SOURCES: sources: item 1, "/srv", must be SCHEME:REST`,
		"EDGECLR_SOURCES=[a] # b\nc": `EDGECLR_SOURCES: sources: "[a] # b\nc" is not a list`,
		"EDGECLR_STORE_MAX_AGE=-1h":  `EDGECLR_STORE_MAX_AGE: store.max_age: "-1h" is not a duration`,
		"EDGECLR_LOG_FORMAT=xml":     `EDGECLR_LOG_FORMAT: log.format: "xml" is not allowed: give one of text, json`,
		"EDGECLR_CONFIG=/no/such":    `/no/such: `,
	} {
		t.Run(variable, func(t *testing.T) {
			_, err := load(ownHistory(), "", "/no/default", []string{variable})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got  %v\nwant %v", err, want)
			}
		})
	}
}

func TestVariablesAreUnique(t *testing.T) {
	c := Default()
	seen := map[string]string{EnvConfig: "", EnvWeights: "", EnvLiteRT: "", EnvShared: ""}
	for _, k := range keysOf(&c) {
		if other, ok := seen[variable(k.path)]; ok {
			t.Errorf("%s and %q share %s", k.path, other, variable(k.path))
		}
		seen[variable(k.path)] = k.path
	}
}

// Load accepts every variable that the program reads.
func TestVariablesOfTheProgramAreKnown(t *testing.T) {
	literal := regexp.MustCompile(`"(EDGECLR_[A-Z0-9_]+)"`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || filepath.Dir(path) == "../config" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range literal.FindAllSubmatch(text, -1) {
			l := newLoader(ownHistory())
			l.readEnvironment([]string{string(m[1]) + "=1"})
			if slices.ContainsFunc(l.problems, func(p Problem) bool { return strings.HasPrefix(p.Text, "no such variable") }) {
				t.Errorf("%s reads %s, which Load refuses: add it to env.go, or use the prefix %s", path, m[1], EnvTest)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
