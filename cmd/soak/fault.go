package main

import "time"

const (
	stallAfter  = 5 * time.Second // option stall of the sources that are broken
	killGrace   = 2 * time.Second // from SIGTERM to SIGKILL, for a command that is stopped
	openingTime = 5 * time.Second // to open a camera and see it live, on a busy machine
	outageTime  = 10 * time.Second
)

// kind is one way to break a source.
type kind struct {
	name   string
	silent bool          // it is noticed by its silence alone
	grace  time.Duration // that closing it takes besides
	outage time.Duration // in which it cannot be opened
}

// Ways to break a command and a network camera.
var (
	faultKill   = kind{name: "killed"}
	faultStop   = kind{name: "stopped by SIGSTOP", silent: true, grace: killGrace}
	faultDrop   = kind{name: "connection cut"}
	faultStall  = kind{name: "silent", silent: true}
	faultOutage = kind{name: "refused for 10 s", outage: outageTime}
)

// fault is one time that a source was broken.
type fault struct {
	Source string        `json:"source"`
	Kind   string        `json:"kind"`
	At     time.Duration `json:"at"`
	Lived  time.Duration `json:"lived"`  // since it was seen live
	Pauses time.Duration `json:"pauses"` // before it is opened, by the documentation
	Opened int           `json:"opened"` // times, by the documentation
	Again  int           `json:"again"`  // times that it was opened, by its counter
	Limit  time.Duration `json:"limit"`  // to be live again
	Back   time.Duration `json:"back"`   // that it took; 0: it was not live again when the run ended
}

// expect fills in what the documentation promises.
func (f *fault) expect(k kind, b *backoff) {
	f.Opened, f.Pauses = b.through(f.Lived, k.outage)
	f.Limit = f.Pauses + k.grace + openingTime
	if k.silent {
		f.Limit += stallAfter
	}
}

// inTime reports whether it was back within its limit.
func (f fault) inTime() bool { return f.Back > 0 && f.Back <= f.Limit }

// excess is the share of its limit that it took; above 1 it was late.
func (f fault) excess() float64 {
	if f.Back == 0 {
		return 1e9
	}
	return f.Back.Seconds() / f.Limit.Seconds()
}
