package linters

import (
	"bytes"
	"fmt"
	"go/ast"
)

// maxLines is the length above which a file holds more than one idea.
const maxLines = 400

// Length finds files that are too long to be read in one go. Generated ones need not be read.
func Length(sources []Source) []string {
	var findings []string
	for _, s := range sources {
		if lines := bytes.Count(s.Text, []byte("\n")); lines > maxLines && !ast.IsGenerated(s.File) {
			findings = append(findings, fmt.Sprintf("%s:%d: the file has %d lines, more than %d; split it by type", s.Path, maxLines, lines, maxLines))
		}
	}
	return findings
}
