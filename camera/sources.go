package camera

import (
	"fmt"
	"strings"
)

// scheme is one kind of source.
type scheme struct {
	name  string
	usage string
	open  func(rest string, opt OpenOptions) (Source, error)
}

// schemes lists every source, one line each.
func schemes() []scheme {
	return []scheme{
		{"dir", "dir:PATH", openDirectory},
		{"synthetic", "synthetic:conveyor", openSynthetic},
	}
}

// Open makes the source that a URI names, without starting it. Errors match
// [ErrUnknownSource] or [ErrBadURI] and say what would be right; a directory
// that is missing is an error too, matching fs.ErrNotExist.
func Open(uri string, opt OpenOptions) (Source, error) {
	name, rest, found := strings.Cut(uri, ":")
	for _, s := range schemes() {
		if found && s.name == name {
			return s.open(rest, opt.withDefaults())
		}
	}
	if !found {
		return nil, fmt.Errorf("%w %q: a source is written SCHEME:REST, for example dir:%s; known are %s",
			ErrUnknownSource, uri, uri, usages())
	}
	return nil, fmt.Errorf("%w %q: there is no scheme %q; known are %s", ErrUnknownSource, uri, name, usages())
}

// usages lists how sources are written.
func usages() string {
	var all []string
	for _, s := range schemes() {
		all = append(all, s.usage)
	}
	return strings.Join(all, ", ")
}
