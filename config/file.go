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

const (
	// maxFileBytes bounds the file, since the memory and the stack of the parser
	// grow with it.
	maxFileBytes = 64 << 10

	// maxBrackets bounds the nesting of lists, since the time of the parser grows
	// with its square (measured: 20 s for 64 KiB of brackets).
	maxBrackets = 1000
)

// readFile applies a YAML file to the configuration.
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
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFileBytes {
		return nil, fmt.Errorf("larger than %v, the limit of a configuration", Bytes(maxFileBytes))
	}
	return data, nil
}

// readYAML applies a YAML text to the configuration. It walks the document
// itself, since the YAML package's Unmarshal would stop at the first error and
// convert values to other types.
func (l *loader) readYAML(name string, data []byte) {
	l.layer = layerFile
	doc := document{loader: l, name: name}
	file, err := parseYAML(bytes.TrimPrefix(data, []byte("\ufeff"))) // a byte order mark, which editors on Windows write
	if err != nil {
		doc.failSyntax(err)
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

// parseYAML turns a panic of the parser into an error, since a bad file must not
// stop a daemon that reloads.
func parseYAML(data []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("not YAML: the parser gave up: %v", r)
		}
	}()
	if bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > maxBrackets {
		return nil, fmt.Errorf("not YAML: more than %d brackets, the limit of a configuration", maxBrackets)
	}
	return parser.ParseBytes(data, 0)
}

// document is one YAML text while it is applied.
type document struct {
	*loader
	name string // of the file or variable
}

// section applies the keys of a mapping. The prefix is "" or ends with a dot.
func (d document) section(n ast.Node, prefix string) {
	var entries []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.NullNode: // every key of the section is commented out
	case *ast.MappingNode:
		entries = n.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{n}
	default:
		d.fail(n, strings.TrimSuffix(prefix, "."), fmt.Sprintf("must hold keys, like \"%s\"", d.firstKey(prefix)))
	}
	for _, e := range entries {
		name, ok := e.Key.(*ast.StringNode)
		if !ok {
			d.fail(e.Key, prefix+strings.TrimSpace(e.Key.String()), "is not a plain key")
			continue
		}
		d.entry(e, prefix+name.Value)
	}
}

// firstKey is an example of what a section holds.
func (d document) firstKey(prefix string) string {
	for _, k := range d.keys {
		if rest, ok := strings.CutPrefix(k.path, prefix); ok {
			name, _, nested := strings.Cut(rest, ".")
			if !nested {
				return name + ": " + fmt.Sprint(k.value.Interface())
			}
		}
	}
	return ""
}

// entry applies one key, or the section of that name.
func (d document) entry(e *ast.MappingValueNode, path string) {
	for _, k := range d.keys {
		if k.path == path {
			d.assign(e, path, path)
			return
		}
		if strings.HasPrefix(k.path, path+".") {
			d.section(e.Value, path+".")
			return
		}
	}
	for _, r := range d.history.renames {
		if r.former == path {
			d.assign(e, path, r.current...)
			return
		}
		if strings.HasPrefix(r.former, path+".") {
			d.section(e.Value, path+".")
			return
		}
	}
	d.fail(e.Key, path, "no such key"+didYouMean(path, d.names()))
}

// assign gives the value of an entry to keys. The name is the one in the file.
// It differs from the key's path when the key was renamed.
func (d document) assign(e *ast.MappingValueNode, name string, paths ...string) {
	if e.Value.Type() == ast.NullType {
		return
	}
	d.write(name, d.at(e), paths, func(k key) { d.value(e.Value, k) })
}

// value reads a scalar or a list into a key.
func (d document) value(n ast.Node, k key) {
	switch {
	case k.isSources():
		d.sources(n, k)
		return
	case k.isList():
		d.list(n, k)
		return
	}
	text, ok := scalar(n)
	if !ok {
		d.fail(n, k.path, "must be a single plain value")
		return
	}
	if err := k.set(text); err != nil {
		d.fail(n, k.path, err.Error())
	}
}

func (d document) list(n ast.Node, k key) {
	sequence, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fail(n, k.path, "must be a list, like [\"dir:/srv/frames\"]")
		return
	}
	items := make([]string, 0, len(sequence.Values))
	for _, v := range sequence.Values {
		text, ok := scalar(v)
		if !ok {
			d.fail(v, k.path, fmt.Sprintf("item %d must be a single plain value", len(items)+1))
			return
		}
		items = append(items, text)
	}
	k.setList(items)
}

// scalar is the text of a plain, quoted or block value. The YAML package does
// not convert it: 1_000 and 0x10 have no meaning here.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func (d document) fail(n ast.Node, key, text string) {
	d.loader.fail(Problem{Key: key, Where: d.at(n), Text: text})
}

// failSyntax reports what the parser found, with the line if it tells one.
func (d document) failSyntax(err error) {
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

// at is the place of a node, as Problem.Where.
func (d document) at(n ast.Node) string {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return fmt.Sprintf("%s:%d", d.name, t.Position.Line)
	}
	return d.name
}
