package main

import (
	"errors"
	"fmt"

	"edgeclr/camera"
	"edgeclr/camera/sources"
	"edgeclr/config"
)

// checkFlagSources opens each source without starting it, before a store is made
// for one that cannot be.
func checkFlagSources(uris ...string) error {
	for _, uri := range uris {
		if _, err := sources.Open(uri, sources.Options{}); err != nil {
			return err
		}
	}
	return nil
}

// checkSources does so with those of the configuration, whose fault it is. A
// folder that is missing is none for a daemon (its disk may be mounted
// later), so only strict asks.
func checkSources(cfg config.Config, strict bool) error {
	var problems []config.Problem
	for i, s := range cfg.Sources {
		_, err := sources.Open(s.URI, sources.Options{Live: s.LiveOptions})
		malformed := errors.Is(err, camera.ErrUnknownSource) || errors.Is(err, camera.ErrBadURI) || errors.Is(err, camera.ErrBadOption)
		if malformed || err != nil && strict {
			problems = append(problems, config.Problem{Key: "sources", Where: cfg.File, Text: fmt.Sprintf("item %d: %v", i+1, err)})
		}
	}
	if len(problems) > 0 {
		return &config.Error{Problems: problems}
	}
	return nil
}
