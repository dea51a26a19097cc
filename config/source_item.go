package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"edgeclr/camera"
)

// sourceKeys are those of an item that is a mapping.
func sourceKeys() []string { return []string{"uri", "fps", "rotate", "region", "mask", "stall"} }

// sources reads the list of sources: each item is a URI, or keys of its own.
func (d document) sources(n ast.Node, k key) {
	sequence, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fail(n, k.path, "must be a list, like [\"dir:/srv/frames\"]")
		return
	}
	items, good := make([]Source, len(sequence.Values)), true
	for i, v := range sequence.Values {
		if uri, ok := scalar(v); ok {
			items[i].URI = uri
		} else {
			good = d.source(v, k.path, i+1, &items[i]) && good
		}
	}
	if good {
		k.setSources(items)
	}
}

// source reads an item with keys of its own, and reports whether it is good.
func (d document) source(n ast.Node, path string, item int, s *Source) bool {
	var entries []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		entries = n.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{n}
	default:
		d.fail(n, path, fmt.Sprintf("item %d must be a URI, or keys: %s", item, strings.Join(sourceKeys(), ", ")))
		return false
	}
	good := true
	for _, e := range entries {
		name := strings.TrimSpace(e.Key.String())
		if err := s.set(name, e.Value); err != nil {
			d.fail(e, path, fmt.Sprintf("item %d, %s: %v", item, name, err))
			good = false
		}
	}
	if good && s.URI == "" {
		d.fail(n, path, fmt.Sprintf("item %d has no uri", item))
	}
	return good && s.URI != ""
}

// set reads one key of an item. A key without a value counts as not set.
func (s *Source) set(name string, n ast.Node) (err error) {
	if n.Type() == ast.NullType {
		return nil
	}
	text, plain := scalar(n)
	switch name {
	case "region":
		s.Region, err = boxNode(n)
		return err
	case "mask":
		return s.setMask(n)
	case "uri", "fps", "rotate", "stall":
		if !plain {
			return errors.New("must be a single plain value")
		}
	default:
		return fmt.Errorf("no such key%s; there are %s (and a URI has no blank behind its colon)", didYouMean(name, sourceKeys()), strings.Join(sourceKeys(), ", "))
	}
	switch name {
	case "uri":
		s.URI = text
	case "fps":
		if s.FPS, err = strconv.ParseFloat(text, 64); err != nil || s.FPS == 0 {
			return fmt.Errorf("%q must be a number of frames a second, above 0", text)
		}
	case "rotate":
		if s.Rotate, err = strconv.Atoi(text); err != nil {
			return fmt.Errorf("%q must be 0, 90, 180 or 270", text)
		}
	case "stall":
		var length Duration
		if length, err = ParseDuration(text); err != nil {
			return err
		}
		if s.Stall = time.Duration(length); length == 0 {
			return errors.New("must be above 0: a camera that may be silent for ever would never be opened again")
		}
	}
	return nil
}

// setMask reads a list of rectangles.
func (s *Source) setMask(n ast.Node) error {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return errors.New("must be a list of rectangles, like [[0, 0, 0.5, 0.1], [0.8, 0, 0.2, 1]]")
	}
	s.Mask = nil
	for i, v := range list.Values {
		b, err := boxNode(v)
		if err != nil {
			return fmt.Errorf("rectangle %d %w", i+1, err)
		}
		s.Mask = append(s.Mask, b)
	}
	return nil
}

// boxNode reads a list of four numbers.
func boxNode(n ast.Node) (camera.Box, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return box(nil)
	}
	numbers := make([]string, len(list.Values))
	for i, v := range list.Values {
		numbers[i], _ = scalar(v) // "" is no number
	}
	return box(numbers)
}
