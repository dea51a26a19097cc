package linters

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// maxBytes is the size above which a file does not belong into the repository.
const maxBytes = 1 << 20

// Committed finds files that are large, and files that cannot be read in a diff. Binary files are allowed below testdata,
// and as pictures in docs. Programs and libraries are allowed nowhere.
func Committed(root fs.FS, paths []string) []string {
	var findings []string
	for _, name := range paths {
		info, err := fs.Stat(root, name)
		if err != nil || !info.Mode().IsRegular() {
			continue // deleted but not yet committed, or a link
		}
		if info.Size() > maxBytes {
			findings = append(findings, fmt.Sprintf("%s: %d bytes, more than %d; let `make deps` fetch it, or a script make it", name, info.Size(), maxBytes))
			continue
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			findings = append(findings, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		switch {
		case bytes.HasPrefix(text, []byte("\x7fELF")), bytes.HasPrefix(text, []byte("!<arch>")):
			findings = append(findings, name+": a program or library; build it instead")
		case isBinary(text) && !mayBeBinary(name):
			findings = append(findings, name+": a binary file outside testdata")
		}
	}
	return findings
}

// isBinary judges as git does: a zero byte near the beginning.
func isBinary(text []byte) bool {
	return bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0
}

func mayBeBinary(name string) bool {
	if strings.Contains("/"+name, "/testdata/") {
		return true
	}
	switch path.Ext(name) {
	case ".png", ".jpg", ".webp", ".gif":
		return strings.HasPrefix(name, "docs/")
	}
	return false
}
