package sources

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/directory"
	"edgeclr/camera/redact"
)

// scheme is one kind of source.
type scheme struct {
	name  string
	usage string
	live  bool // a camera: it takes Options.Live
	open  func(rest string, opt Options) (camera.Source, error)
}

// schemes lists every source, one line each.
func schemes() []scheme {
	return []scheme{
		{"dir", "dir:PATH", false, openDirectory},
		{"v4l2", "v4l2:/dev/video0", true, openV4L2},
		{"http", "http://HOST/PATH", true, openHTTP},
		{"https", "https://HOST/PATH", true, openHTTPS},
		{"exec", "exec:COMMAND", true, openExec},
		{"synthetic", "synthetic:yard", false, openSynthetic},
	}
}

// Options configure a source. The zero value works.
type Options struct {
	// Cursor tells a directory which files are done. Nil: the source remembers
	// by itself until Run ends.
	Cursor directory.Cursor

	// Limits bound the files that are read.
	Limits decode.Limits

	// Decoder checks the pictures of live sources, and decodes them for a View. Nil
	// means a decoder with these Limits.
	Decoder *decode.Decoder

	// Live are the options of a live source. Folders and rendered scenes
	// refuse any.
	Live camera.LiveOptions

	// Changed is called with every new state of the source, and the error that
	// belongs to it, by the goroutine of Run. It may be nil.
	Changed func(state string, err error)

	// Log receives what an operator may want to know; nil discards it.
	Log *slog.Logger

	// Seed drives a synthetic scene whose URI has no seed of its own.
	Seed uint64

	// Now is the clock for time stamps and ages; nil means time.Now.
	Now func() time.Time

	// Settle is how long a file must rest before it is read; 0 means 500 ms.
	Settle time.Duration

	// Rescan is the time between two full walks of a directory; 0 means 60 s.
	Rescan time.Duration
}

// withDefaults replaces zeros.
func (o Options) withDefaults() Options {
	o.Limits = o.Limits.WithDefaults()
	if o.Decoder == nil {
		o.Decoder = &decode.Decoder{Limits: o.Limits}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Open makes the source that a URI names. It does not start it. Errors match
// [camera.ErrUnknownSource], [camera.ErrBadURI] or [camera.ErrBadOption] and say
// what would be right. A missing directory is an error too, which matches
// fs.ErrNotExist.
func Open(uri string, opt Options) (camera.Source, error) {
	return open(schemes(), uri, opt)
}

// open is Open with the schemes given.
func open(schemes []scheme, uri string, opt Options) (camera.Source, error) {
	name, rest, found := strings.Cut(uri, ":")
	for _, s := range schemes {
		if found && s.name == name {
			if err := s.check(opt.Live); err != nil {
				return nil, err
			}
			return s.open(rest, opt.withDefaults())
		}
	}
	if !found {
		return nil, fmt.Errorf("%w %q: a source is written SCHEME:REST, for example dir:%s; known are %s",
			camera.ErrUnknownSource, redact.Text(uri), redact.Text(uri), usages(schemes))
	}
	return nil, fmt.Errorf("%w %q: there is no scheme %q; known are %s", camera.ErrUnknownSource, redact.Text(uri), name, usages(schemes))
}

// check refuses options that are wrong or that the scheme does not take.
func (s scheme) check(o camera.LiveOptions) error {
	if !s.live && !o.Zero() {
		return fmt.Errorf("%w: fps, rotate, region, mask and stall are for cameras; %s: is taken as it is", camera.ErrBadOption, s.name)
	}
	if err := o.Check(); err != nil {
		return fmt.Errorf("%w: %w", camera.ErrBadOption, err)
	}
	return nil
}

// usages lists how sources are written.
func usages(schemes []scheme) string {
	var all []string
	for _, s := range schemes {
		all = append(all, s.usage)
	}
	return strings.Join(all, ", ")
}
