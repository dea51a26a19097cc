package camera

import (
	"fmt"
	"strings"

	"edgeclr/camera/redact"
)

// scheme is one kind of source.
type scheme struct {
	name  string
	usage string
	live  bool // a camera: it takes OpenOptions.Live
	open  func(rest string, opt OpenOptions) (Source, error)
}

// schemes lists every source, one line each.
func schemes() []scheme {
	return []scheme{
		{"dir", "dir:PATH", false, openDirectory},
		{"v4l2", "v4l2:/dev/video0", true, openDevice},
		{"http", "http://HOST/PATH", true, openHTTP},
		{"https", "https://HOST/PATH", true, openHTTPS},
		{"exec", "exec:COMMAND", true, openCommand},
		{"synthetic", "synthetic:conveyor", false, openSynthetic},
	}
}

// Open makes the source that a URI names, without starting it. Errors match
// [ErrUnknownSource], [ErrBadURI] or [ErrBadOption] and say what would be right; a directory
// that is missing is an error too, matching fs.ErrNotExist.
func Open(uri string, opt OpenOptions) (Source, error) {
	name, rest, found := strings.Cut(uri, ":")
	for _, s := range schemes() {
		if found && s.name == name {
			if err := s.check(opt.Live); err != nil {
				return nil, err
			}
			return s.open(rest, opt.withDefaults())
		}
	}
	if !found {
		return nil, fmt.Errorf("%w %q: a source is written SCHEME:REST, for example dir:%s; known are %s",
			ErrUnknownSource, redact.Text(uri), redact.Text(uri), usages())
	}
	return nil, fmt.Errorf("%w %q: there is no scheme %q; known are %s", ErrUnknownSource, redact.Text(uri), name, usages())
}

// check refuses options that are wrong, or that mean nothing to such a source.
func (s scheme) check(o LiveOptions) error {
	if !s.live && !o.Zero() {
		return fmt.Errorf("%w: fps, rotate, region, mask and stall are for cameras; %s: is taken as it is", ErrBadOption, s.name)
	}
	if err := o.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrBadOption, err)
	}
	return nil
}

// usages lists how sources are written.
func usages() string {
	var all []string
	for _, s := range schemes() {
		all = append(all, s.usage)
	}
	return strings.Join(all, ", ")
}
