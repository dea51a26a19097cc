package main

import (
	"errors"
	"fmt"

	"edgeclr/camera"
	"edgeclr/config"
)

// checkSources opens each source without starting it. Problems of the
// configuration's own sources are the configuration's; those of flags are the
// command line's, as camera's errors tell. A folder that is missing is
// neither for a daemon (its disk may be mounted later), so only strict asks.
func checkSources(cfg config.Config, strict bool) error {
	var problems []config.Problem
	for i, uri := range cfg.Sources {
		_, err := camera.Open(uri, camera.OpenOptions{})
		malformed := errors.Is(err, camera.ErrUnknownSource) || errors.Is(err, camera.ErrBadURI)
		if malformed || err != nil && strict {
			problems = append(problems, config.Problem{Key: "sources", Where: cfg.File, Text: fmt.Sprintf("item %d: %v", i+1, err)})
		}
	}
	if len(problems) > 0 {
		return &config.Error{Problems: problems}
	}
	return nil
}
