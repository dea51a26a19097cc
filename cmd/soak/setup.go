package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// setup is what the daemon watches, and its configuration.
type setup struct {
	folder   string   // temporary: store, configuration, pictures
	kinds    []string // of the sources
	pictures [][]byte
	server   *server // nil: no http: source
	incoming string  // folder of the dir: source
	yaml     string  // section sources of the configuration
}

// newSetup prepares the wanted sources that are available. Close removes everything.
func newSetup(ctx context.Context, o options) (s *setup, err error) {
	s = &setup{}
	if s.folder, err = os.MkdirTemp("", "edgeclr-soak-"); err != nil {
		return nil, err
	}
	if s.pictures, err = o.pictures(ctx); err == nil {
		err = s.sources(o)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends the server and removes the folder.
func (s *setup) Close() error {
	var err error
	if s.server != nil {
		err = s.server.Close()
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}

func (s *setup) sources(o options) (err error) {
	var y strings.Builder
	y.WriteString("sources:\n")
	add := func(kind, uri, rest string) {
		s.kinds = append(s.kinds, kind)
		fmt.Fprintf(&y, "  - uri: %q\n%s", uri, rest)
	}
	if o.wants("exec") {
		line, err := s.command(o)
		if err != nil {
			return err
		}
		add("exec", "exec:"+line, fmt.Sprintf("    stall: %v\n    rotate: 90\n    mask: [[0, 0, 0.3, 0.2]]\n    region: [0, 0, 1, 0.9]\n", stallAfter))
	}
	if o.wants("http") {
		if s.server, err = newServer(s.pictures, time.Second/videoRate); err != nil {
			return err
		}
		add("http", s.server.URI(), fmt.Sprintf("    stall: %v\n", stallAfter))
	}
	if o.wants("synthetic") {
		add("synthetic", "synthetic:conveyor?order=stream", "")
	}
	if o.wants("dir") {
		s.incoming = filepath.Join(s.folder, "incoming")
		if err := os.Mkdir(s.incoming, 0o777); err != nil {
			return err
		}
		add("dir", "dir:"+s.incoming, "")
	}
	if devices, _ := filepath.Glob("/dev/video*"); o.wants("v4l2") && len(devices) > 0 {
		add("v4l2", "v4l2:"+devices[0], "")
	}
	s.yaml = y.String()
	return nil
}

// command returns the command of the exec: source: ffmpeg, or a loop over picture files.
func (s *setup) command(o options) (string, error) {
	if o.hasVideo() {
		video, err := filepath.Abs(o.video)
		return fmt.Sprintf("ffmpeg -v error -re -stream_loop -1 -i '%s' -f mjpeg -q:v 3 -", video), err
	}
	folder := filepath.Join(s.folder, "played")
	if err := os.Mkdir(folder, 0o777); err != nil {
		return "", err
	}
	for n, picture := range s.pictures {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%06d.jpg", n)), picture, 0o666); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf(`while :; do for f in '%s'/*.jpg; do cat "$f"; sleep 0.1; done; done`, folder), nil
}

// breakers returns functions that break a source, by the kind of source.
func (s *setup) breakers(daemon int) map[string]func(faultKind) error {
	all := map[string]func(faultKind) error{}
	for _, name := range s.kinds {
		switch name {
		case "exec":
			all[name] = func(k faultKind) error { return breakChild(daemon, k) }
		case "http":
			all[name] = s.server.fail
		}
	}
	return all
}
