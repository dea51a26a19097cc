package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"edgeclr/camera"
	"edgeclr/camera/redact"
)

// Source is one thing to watch: an item of the key sources.
type Source struct {
	// URI says what the source is. It may hold a password.
	URI string

	// LiveOptions are for cameras.
	camera.LiveOptions
}

// SourcesOf makes sources without options, as flags and variables name them.
func SourcesOf(uris ...string) []Source {
	sources := make([]Source, len(uris))
	for i, uri := range uris {
		sources[i].URI = uri
	}
	return sources
}

// String is the URI without credentials.
func (s Source) String() string { return redact.Text(s.URI) }

// sourceProblems checks each item, and that none appears twice: the store could
// not tell two sources of the same name apart.
func (c Config) sourceProblems() []Problem {
	var problems []Problem
	fail := func(i int, s Source, err error) {
		for _, text := range strings.Split(err.Error(), "\n") {
			problems = append(problems, Problem{Key: "sources", Text: fmt.Sprintf("item %d, %q, %s", i+1, s, text)})
		}
	}
	for i, s := range c.Sources {
		err := errors.Join(checkURI(s.URI), s.LiveOptions.Check())
		if err == nil && slices.ContainsFunc(c.Sources[:i], func(o Source) bool { return o.String() == s.String() }) {
			err = errors.New("is listed twice")
		}
		if err != nil {
			fail(i, s, err)
		}
	}
	return problems
}

// checkURI checks only the form. Package camera/sources knows which schemes exist.
func checkURI(uri string) error {
	scheme, rest, found := strings.Cut(uri, ":")
	letters := strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
	if !found || scheme == "" || rest == "" || !letters {
		return errors.New("must be SCHEME:REST, like dir:/srv/frames or v4l2:/dev/video0")
	}
	if strings.ContainsFunc(uri, unicode.IsControl) {
		return errors.New("must not hold control characters")
	}
	return nil
}

// sourceKeys are the keys of an item that is a mapping.
func sourceKeys() []string { return []string{"uri", "fps", "rotate", "region", "mask", "stall"} }

// sources reads the list of sources. An item is a URI or a mapping.
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

// source reads an item that is a mapping, and reports whether it is good.
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
		s.Region, err = readBox(n)
		return err
	case "mask":
		return s.setMask(n)
	case "uri", "fps", "rotate", "stall":
		if !plain {
			return errors.New("must be a single plain value")
		}
	default:
		return fmt.Errorf("no such key%s; there are %s (and a URI has no blank after its colon)", didYouMean(name, sourceKeys()), strings.Join(sourceKeys(), ", "))
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
		b, err := readBox(v)
		if err != nil {
			return fmt.Errorf("rectangle %d %w", i+1, err)
		}
		s.Mask = append(s.Mask, b)
	}
	return nil
}

// readBox reads a rectangle: a list of four numbers.
func readBox(n ast.Node) (camera.Box, error) {
	bad := errors.New("must be [x, y, width, height] in shares of the picture, like [0.25, 0, 0.5, 1]")
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) != 4 {
		return camera.Box{}, bad
	}
	var numbers [4]float64
	for i, v := range list.Values {
		text, _ := scalar(v) // "" is not a number
		var err error
		if numbers[i], err = strconv.ParseFloat(text, 64); err != nil {
			return camera.Box{}, bad
		}
	}
	return camera.Box{X: numbers[0], Y: numbers[1], Width: numbers[2], Height: numbers[3]}, nil
}
