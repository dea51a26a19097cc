package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/edgeclr.yaml holds every key as a comment, with its default and an
// explanation. As it is, it sets nothing.
func TestExampleFileIsTrue(t *testing.T) {
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	asItIs := newLoader(ownHistory())
	asItIs.readYAML(examplePath, text)
	for path, from := range asItIs.origins {
		t.Errorf("%s: %s is not a comment: an installed file would pin it", from.where, path)
	}
	l := newLoader(ownHistory())
	// Other values than the defaults, so that a key without a value is noticed.
	for _, k := range l.keys {
		k.value.SetZero()
	}
	l.readYAML(examplePath, uncomment(text))
	l.validate()
	for _, p := range append(l.problems, asItIs.problems...) {
		t.Error(p)
	}
	for _, k := range l.keys {
		if l.origins[k.path].where == "" {
			t.Errorf("%s is missing", k.path)
		}
	}
	for _, key := range Diff(Default(), l.config) {
		t.Errorf("%s is not the default", key)
	}
	for _, w := range l.config.Warnings {
		t.Errorf("it uses a former name: %s", w)
	}
	inSection := regexp.MustCompile(`^(?:  )+[a-z_]+:`)
	for i, line := range strings.Split(string(uncomment(text)), "\n") {
		if inSection.MatchString(line) && !strings.Contains(line, "#") {
			t.Errorf("%s:%d: no comment explains the key", examplePath, i+1)
		}
	}
}

// The line of a choice in docs/edgeclr.yaml names every value that the key allows.
func TestExampleFileNamesTheChoices(t *testing.T) {
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	l := newLoader(ownHistory())
	l.config.File = examplePath
	l.readYAML(examplePath, uncomment(text))
	lines := strings.Split(string(text), "\n")
	for _, r := range rules() {
		names, ok := strings.CutPrefix(r.allowed, "one of ")
		if !ok {
			continue
		}
		line := lines[l.line(l.origins[r.key].where)-1]
		for _, name := range strings.Split(names, ", ") {
			if name != `"" (nothing)` && !strings.Contains(line, name) {
				t.Errorf("%s: the line does not name the value %s: %s", r.key, name, line)
			}
		}
	}
}

// docs/configuration.md has a row for every key, with its default and what it
// allows, and no other rows.
func TestReferenceIsTrue(t *testing.T) {
	const path = "../docs/configuration.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, " | ")
		if key, ok := strings.CutPrefix(cells[0], "| `"); ok && len(cells) == 4 {
			rows[strings.TrimSuffix(key, "`")] = cells
		}
	}
	allowed := map[string]string{}
	for _, r := range rules() {
		allowed[r.key] = r.allowed
	}
	c := Default()
	for _, k := range keysOf(&c) {
		if strings.HasPrefix(k.path, "augment.") {
			allowed[k.path] = allowedByAugment(t, k.path)
		}
		cells, ok := rows[k.path]
		delete(rows, k.path)
		value := fmt.Sprintf("`%v`", k.value.Interface())
		if value == "``" {
			value = "`\"\"`"
		}
		if !ok {
			t.Errorf("%s: no row", k.path)
		} else if cells[1] != value {
			t.Errorf("%s: default %s, want %s", k.path, cells[1], value)
		} else if want := allowed[k.path]; want != "" && cells[2] != want {
			t.Errorf("%s: allowed %q, want %q", k.path, cells[2], want)
		}
	}
	for key := range rows {
		t.Errorf("%s: there is no such key", key)
	}
}

// allowedByAugment takes what a key allows from the message for a value that no key
// allows.
func allowedByAugment(t *testing.T, key string) string {
	t.Helper()
	c := Default()
	for _, k := range keysOf(&c) {
		if k.path == key {
			if err := k.set("-1"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, p := range c.problems() {
		if _, allowed, ok := strings.Cut(p.Text, ", must be "); ok && p.Key == key {
			return allowed
		}
	}
	t.Errorf("%s: -1 is allowed", key)
	return ""
}
