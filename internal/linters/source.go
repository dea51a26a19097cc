package linters

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// Source is one Go file of the repository.
type Source struct {
	Path string // below the repository's root, with slashes
	Text []byte
	File *ast.File
	Set  *token.FileSet
}

// IsTest tells whether the file belongs to tests.
func (s Source) IsTest() bool { return strings.HasSuffix(s.Path, "_test.go") }

// Folder is the folder of the file, below the repository's root.
func (s Source) Folder() string { return path.Dir(s.Path) }

func (s Source) finding(pos token.Pos, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", s.Path, s.Set.Position(pos).Line, fmt.Sprintf(format, args...))
}

// Load parses the Go files below root that `./...` matches. It leaves out nested modules and testdata.
func Load(root fs.FS) ([]Source, error) {
	var sources []Source
	set := token.NewFileSet()
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skipped(root, name):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		sources = append(sources, Source{Path: name, Text: text, File: file, Set: set})
		return nil
	})
	return sources, err
}

func skipped(root fs.FS, dir string) bool {
	if dir == "." {
		return false
	}
	if base := path.Base(dir); base == "testdata" || base[0] == '.' || base[0] == '_' {
		return true
	}
	_, err := fs.Stat(root, path.Join(dir, "go.mod"))
	return err == nil
}
