package promises

import "context"

// Promise is one line of the report.
type Promise struct {
	Name string
	// Prove returns nil when the promise is kept. The context carries the
	// deadline.
	Prove func(context.Context, *Bench) error
}

// Install is the promise that all others need.
func Install() Promise {
	return Promise{"the package installs, and the service is ready and learns from the camera", proveInstall}
}

// Sequence is a list of promises that one machine proves in order.
type Sequence struct {
	Name     string
	Promises []Promise

	// minNew is learn.min_new of the configuration: how many new frames start a
	// round of learning.
	minNew int
}

// Sequences returns all other promises. The sequences take about the same time,
// and none needs what another one leaves behind.
func Sequences() []Sequence {
	return []Sequence{
		// A round every 100 seconds leaves the other machine its processor.
		{"faults", []Promise{
			{"the driver gives Go what it tells C: the tests of camera/v4l2 pass on the kernel's camera", proveDriver},
			{"a camera that is unplugged comes back, and the service stays", proveUnplug},
			{"errors of the camera's driver are survived", proveErrors},
			{"a stuck process is killed by the watchdog and comes back with its data", proveWatchdog},
			{"a bad configuration exits 78 and is not restarted", proveBadConfiguration},
			{"a bad reload keeps the configuration in force and says so", proveBadReload},
			{"the clock jumping back a year and forward a day harms nothing", proveClock},
			{"a full disk pauses ingestion, queries go on, and it resumes by itself", proveFullDisk},
		}, 50},
		// The machine learns all the time, so that the power is cut in the middle of a round.
		{"power", []Promise{
			{"what was acknowledged survives a power cut, 5 times", provePowerCut},
			{"an upgrade restarts the service and keeps the store", proveUpgrade},
			{"a purge leaves nothing behind", provePurge},
		}, 4},
	}
}
