package main

import (
	"slices"
	"time"
)

// options are what the flags say.
type options struct {
	program  string
	video    string
	json     string        // "": none
	kinds    []string      // of sources
	faults   int           // of each breakable source
	duty     float64       // of the learner
	seed     uint64        // of the faults
	every    time.Duration // between two samples
	duration time.Duration
}

// with reports whether a kind of source is wanted.
func (o options) with(kind string) bool { return slices.Contains(o.kinds, kind) }
