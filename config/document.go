package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// section applies the keys of a mapping. The prefix is "" or ends with a dot.
func (d document) section(n ast.Node, prefix string) {
	var entries []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.NullNode: // every key under it is commented out
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

func (d document) entry(e *ast.MappingValueNode, path string) {
	for _, k := range d.keys {
		if k.path == path {
			d.value(e.Value, k)
			d.origins[path] = d.at(e)
			return
		}
		if strings.HasPrefix(k.path, path+".") {
			d.section(e.Value, path+".")
			return
		}
	}
	d.fail(e.Key, path, "no such key"+didYouMean(path, d.names()))
}

func (d document) value(n ast.Node, k key) {
	if n.Type() == ast.NullType {
		return
	}
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

// scalar is the text of a plain, quoted or block value, without the YAML
// package's conversions: 1_000 and 0x10 mean nothing here.
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
