package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"edgeclr/camera"
	"edgeclr/camera/redact"
)

// Source is one thing that is watched: an item of the sources.
type Source struct {
	// URI says what it is; it may hold a password.
	URI string

	// LiveOptions are for cameras.
	camera.LiveOptions
}

// SourcesOf are sources without options, as flags and variables name them.
func SourcesOf(uris ...string) []Source {
	sources := make([]Source, len(uris))
	for i, uri := range uris {
		sources[i].URI = uri
	}
	return sources
}

// String is the URI without credentials.
func (s Source) String() string { return redact.Text(s.URI) }

// sourceProblems checks each item by itself, and that none stands there twice:
// two with the same name could not be told apart in the store.
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
			err = errors.New("stands there twice")
		}
		if err != nil {
			fail(i, s, err)
		}
	}
	return problems
}

// checkURI checks the form alone: package camera knows which schemes exist.
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

// box reads the four numbers of a rectangle.
func box(numbers []string) (camera.Box, error) {
	bad := errors.New("must be [x, y, width, height] in shares of the picture, like [0.25, 0, 0.5, 1]")
	if len(numbers) != 4 {
		return camera.Box{}, bad
	}
	var n [4]float64
	for i, text := range numbers {
		var err error
		if n[i], err = strconv.ParseFloat(text, 64); err != nil {
			return camera.Box{}, bad
		}
	}
	return camera.Box{X: n[0], Y: n[1], Width: n[2], Height: n[3]}, nil
}
