package linters

import (
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	headings     = regexp.MustCompile(`(?m)^#+ (.+)$`)
	links        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	testCommands = regexp.MustCompile("go test ([^`|]*?)-run '?([^`' ]+)'?")
)

// Links finds relative links of Markdown files that lead nowhere: to a file that does not exist, or to a heading that the
// file does not have.
func Links(root fs.FS, documents []string) []string {
	var findings []string
	for _, name := range documents {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			findings = append(findings, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		for _, m := range links.FindAllStringSubmatch(string(text), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, ":") {
				continue // another site
			}
			file := name
			if target != "" {
				file = path.Join(path.Dir(name), target)
			}
			content, err := fs.ReadFile(root, file)
			switch {
			case err != nil:
				findings = append(findings, fmt.Sprintf("%s: the link %s leads to no file", name, m[1]))
			case anchor != "" && !slices.Contains(anchors(string(content)), anchor):
				findings = append(findings, fmt.Sprintf("%s: the link %s leads to no heading of %s", name, m[1], file))
			}
		}
	}
	return findings
}

// anchors gives the anchors that GitHub makes of the headings: lower case, hyphens for spaces, no punctuation.
func anchors(text string) []string {
	var list []string
	for _, m := range headings.FindAllStringSubmatch(text, -1) {
		list = append(list, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, m[1]))
	}
	return list
}

// TestCommands finds commands of the form `go test ./PACKAGE... -run 'A|B'` in a document for which no test exists: each of
// A and B must be part of the name of a test in one of the packages.
func TestCommands(name, document string, sources []Source) []string {
	var findings []string
	for _, m := range testCommands.FindAllStringSubmatch(document, -1) {
		for _, want := range strings.Split(m[2], "|") {
			if !slices.ContainsFunc(sources, func(s Source) bool { return inPackages(s, strings.Fields(m[1])) && hasTest(s, want) }) {
				findings = append(findings, fmt.Sprintf("%s: %q runs no test named %s", name, m[0], want))
			}
		}
	}
	return findings
}

// inPackages tells whether a file belongs to one of the packages, which are named as the go command takes them.
func inPackages(s Source, packages []string) bool {
	return slices.ContainsFunc(packages, func(p string) bool {
		folder, below := strings.CutSuffix(strings.TrimPrefix(p, "./"), "/...")
		return s.Folder() == folder || below && within(s.Folder(), folder)
	})
}

func hasTest(s Source, part string) bool {
	return s.IsTest() && slices.ContainsFunc(s.File.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && strings.Contains(f.Name.Name, part)
	})
}
