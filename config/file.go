package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds what is parsed: the parser's memory and stack grow with it.
const maxFile = 64 << 10

// readFile applies a YAML file to the loader's configuration.
func (l *loader) readFile(path string) {
	data, err := readBounded(path)
	if err != nil {
		l.fail(Problem{Where: path, Text: err.Error() + "; mend the file, or name another with --config", Err: err})
		return
	}
	l.readYAML(path, data)
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("larger than %v, which no configuration is", Bytes(maxFile))
	}
	return data, nil
}

// readYAML walks the document itself, not through reflection of the YAML
// package: that one stops at the first error and turns values into other types.
func (l *loader) readYAML(name string, data []byte) {
	doc := document{loader: l, name: name}
	file, err := parseYAML(bytes.TrimPrefix(data, []byte("\ufeff"))) // a byte order mark, as editors on Windows write
	if err != nil {
		doc.syntax(err)
		return
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			bodies = append(bodies, d.Body)
		}
	}
	switch {
	case len(bodies) > 1:
		doc.fail(bodies[1], "", "a second document: a configuration is one")
	case len(bodies) == 1:
		doc.section(bodies[0], "")
	}
}

// maxBrackets bounds the nesting of lists: the parser's time grows with its
// square (measured: 20 s for 64 KiB of them).
const maxBrackets = 1000

// parseYAML turns a panic of the parser into an error: a bad file must not
// stop a daemon that reloads.
func parseYAML(data []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("not YAML: the parser gave up: %v", r)
		}
	}()
	if bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > maxBrackets {
		return nil, fmt.Errorf("not YAML: more than %d brackets, which no configuration has", maxBrackets)
	}
	return parser.ParseBytes(data, 0)
}

// document is one YAML text while it is applied.
type document struct {
	*loader
	name string // of the file or variable
}

func (d document) fail(n ast.Node, key, text string) {
	d.loader.fail(Problem{Key: key, Where: d.at(n), Text: text})
}

func (d document) at(n ast.Node) string {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return fmt.Sprintf("%s:%d", d.name, t.Position.Line)
	}
	return d.name
}

func (d document) syntax(err error) {
	where, text := d.name, err.Error()
	var y yaml.Error
	if errors.As(err, &y) {
		text = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			where = fmt.Sprintf("%s:%d", d.name, t.Position.Line)
		}
	}
	d.loader.fail(Problem{Where: where, Text: "not YAML: " + strings.TrimPrefix(text, "not YAML: "), Err: err})
}
