package linters

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Modules gives the modules that go.mod requires, without their versions. It reads the two forms that go.mod takes after
// `go mod tidy`.
func Modules(goMod string) []string {
	var modules []string
	for _, m := range regexp.MustCompile(`(?m)^(?:require )?\s*([a-z0-9.]+\.[a-z]+/\S+) v\S+`).FindAllStringSubmatch(goMod, -1) {
		modules = append(modules, m[1])
	}
	return modules
}

// Listed finds modules that a document does not name, and modules in the first column of its tables that go.mod does not.
func Listed(name, document string, modules []string) []string {
	var findings []string
	words := strings.FieldsFunc(document, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("`|()", r) })
	for _, m := range modules {
		if !slices.Contains(words, m) {
			findings = append(findings, fmt.Sprintf("%s does not name %s, which go.mod requires", name, m))
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9.]+\\.[a-z]+/[^`]+)` \\|").FindAllStringSubmatch(document, -1) {
		if !slices.Contains(modules, m[1]) {
			findings = append(findings, fmt.Sprintf("%s names %s, which go.mod does not require", name, m[1]))
		}
	}
	return findings
}
