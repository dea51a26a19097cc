package main

import "time"

const (
	stallAfter  = 5 * time.Second  // option stall of the sources
	killGrace   = 2 * time.Second  // time from SIGTERM to SIGKILL for a command that is stopped
	openingTime = 5 * time.Second  // longest time to open a camera and see it live, on a busy machine
	outageTime  = 10 * time.Second // how long faultOutage refuses connections
)

// faultKind is one way to break a source.
type faultKind struct {
	name   string
	silent bool          // the daemon notices the fault only because no picture comes
	grace  time.Duration // additional time to close the source
	outage time.Duration // how long the source cannot be opened
}

// Ways to break a command and a network camera.
var (
	faultKill   = faultKind{name: "killed"}
	faultStop   = faultKind{name: "stopped by SIGSTOP", silent: true, grace: killGrace}
	faultDrop   = faultKind{name: "connection cut"}
	faultStall  = faultKind{name: "silent", silent: true}
	faultOutage = faultKind{name: "refused for 10 s", outage: outageTime}
)

// fault is one time that the breaker broke a source.
type fault struct {
	Source string        `json:"source"`
	Kind   string        `json:"kind"`
	At     time.Duration `json:"at"`
	Lived  time.Duration `json:"lived"`  // how long the source had been live
	Pauses time.Duration `json:"pauses"` // sum of the documented pauses before it can be opened again
	Opened int           `json:"opened"` // how often the daemon must open it, according to the documentation
	Again  int           `json:"again"`  // how often the daemon opened it, according to the source's counter
	Limit  time.Duration `json:"limit"`  // longest time until it must be live again
	Back   time.Duration `json:"back"`   // time until it was live again; 0: never
}

// expect fills in what the documentation promises: Opened, Pauses and Limit.
func (f *fault) expect(k faultKind, b *backoff) {
	f.Opened, f.Pauses = b.through(f.Lived, k.outage)
	f.Limit = f.Pauses + k.grace + openingTime
	if k.silent {
		f.Limit += stallAfter
	}
}

// inTime reports whether the source was live again within the limit.
func (f fault) inTime() bool { return f.Back > 0 && f.Back <= f.Limit }

// excess returns Back as a share of Limit. Above 1 the source was late.
func (f fault) excess() float64 {
	if f.Back == 0 {
		return 1e9
	}
	return f.Back.Seconds() / f.Limit.Seconds()
}

// backoff repeats the promise of the documentation: how long the daemon waits before it
// opens a camera again: 1, 2, 4, 8, 16, 30, 30 ... seconds, and 1 again after ten
// seconds of pictures.
type backoff struct {
	last time.Duration // 0: none yet
}

const (
	shortestPause = time.Second
	longestPause  = 30 * time.Second
	resetAfter    = 10 * time.Second
)

// after returns the pause after a connection that delivered pictures for that time.
func (b *backoff) after(lived time.Duration) time.Duration {
	if b.last == 0 || lived >= resetAfter {
		b.last = shortestPause
	} else {
		b.last = min(2*b.last, longestPause)
	}
	return b.last
}

// through returns the number and the sum of the pauses from a failure to the first attempt
// that succeeds. lived is how long the source had been live. Attempts during outage fail.
func (b *backoff) through(lived, outage time.Duration) (attempts int, sum time.Duration) {
	for {
		attempts, sum = attempts+1, sum+b.after(lived)
		if sum >= outage {
			return attempts, sum
		}
		lived = 0
	}
}
