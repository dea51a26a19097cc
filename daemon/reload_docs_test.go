package daemon

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/configuration.md must say for every key whether a reload changes it.
func TestReloadableKeysAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Changing it while the daemon runs\n")
	section, _, found := strings.Cut(section, "\n## ")
	if !found {
		t.Fatal("the section is not there")
	}
	type rule struct {
		key     string // or a section with ".*"
		restart bool
	}
	var rules []rule
	quoted := regexp.MustCompile("`([^`]+)`")
	for _, row := range regexp.MustCompile(`(?m)^\| (.*) \| (.*) \|$`).FindAllStringSubmatch(section, -1) {
		for _, key := range quoted.FindAllStringSubmatch(row[1], -1) {
			rules = append(rules, rule{key[1], strings.HasPrefix(row[2], "with a restart")})
		}
	}
	keys := regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\| `").FindAllStringSubmatch(string(text), -1)
	if len(keys) < 50 {
		t.Fatalf("only %d keys are documented", len(keys))
	}
	for _, match := range keys {
		key := match[1]
		var says *rule
		for i, r := range rules { // the rule of a key takes precedence over that of its section
			prefix, whole := strings.CutSuffix(r.key, "*")
			if r.key == key || whole && strings.HasPrefix(key, prefix) && says == nil {
				says = &rules[i]
			}
		}
		switch {
		case says == nil:
			t.Errorf("%s: nothing says when a change takes effect", key)
		case says.restart == reloadable(key):
			t.Errorf("%s: the documentation says restart %v, and it is not so", key, says.restart)
		}
	}
}
