package linters

import (
	"bytes"
	"fmt"
	"go/ast"
	"regexp"
	"slices"
)

const (
	// maxLines is the length above which a file holds more than one idea.
	maxLines = 400
	// maxFiles is the number of files, without tests, above which a package holds more than one idea.
	maxFiles = 35
	// maxFuncLines is the length above which a function has more than one step.
	maxFuncLines = 80
)

// longReason is the line of a doc comment that allows a function to be long.
var longReason = regexp.MustCompile(`(?m)^Long because .+`)

// FileLength finds files that are too long to be read in one go. Generated files need not be read.
func FileLength(sources []Source) []string {
	var findings []string
	for _, s := range sources {
		if lines := bytes.Count(s.Text, []byte("\n")); lines > maxLines && !ast.IsGenerated(s.File) {
			findings = append(findings, fmt.Sprintf("%s:%d: the file has %d lines, more than %d; split it by type", s.Path, maxLines, lines, maxLines))
		}
	}
	return findings
}

// PackageSize finds packages with too many files. Tests and generated files do not count.
func PackageSize(sources []Source) []string {
	files := map[string]int{}
	for _, s := range sources {
		if !s.IsTest() && !ast.IsGenerated(s.File) {
			files[s.Folder()]++
		}
	}
	var findings []string
	for folder, n := range files {
		if n > maxFiles {
			findings = append(findings, fmt.Sprintf("%s: the package has %d files, more than %d; merge what is one idea, or divide the package", folder, n, maxFiles))
		}
	}
	slices.Sort(findings)
	return findings
}

// FuncLength finds functions that are too long and do not say why. A doc comment with a line "Long because REASON" allows one.
// Tests may have long tables.
func FuncLength(sources []Source) []string {
	var findings []string
	for _, s := range sources {
		if s.IsTest() || ast.IsGenerated(s.File) {
			continue
		}
		for _, decl := range s.File.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := s.Set.Position(f.End()).Line - s.Set.Position(f.Pos()).Line + 1
			if lines > maxFuncLines && !longReason.MatchString(f.Doc.Text()) {
				findings = append(findings, s.finding(f.Pos(), "%s has %d lines, more than %d; divide it into steps, or say in its comment: Long because ...", f.Name.Name, lines, maxFuncLines))
			}
		}
	}
	return findings
}
