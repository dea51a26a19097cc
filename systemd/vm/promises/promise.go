package promises

import "context"

// Promise is one line of the report.
type Promise struct {
	Name string
	// Prove gives nil when the promise is kept. The context carries the deadline.
	Prove func(context.Context, *Bench) error
}

// All gives the promises in the order in which they are proven.
func All() []Promise {
	return []Promise{
		{"the package installs, and the service is ready and learns from the camera", proveInstall},
		{"the driver gives Go what it tells C: the tests of camera/v4l2 pass on the kernel's camera", proveDriver},
		{"a camera that is unplugged comes back, and the service stays", proveUnplug},
		{"errors of the camera's driver are survived", proveErrors},
		{"a stuck process is killed by the watchdog and comes back with its data", proveWatchdog},
		{"a bad configuration exits 78 and is not restarted", proveBadConfiguration},
		{"a bad reload keeps the configuration in force and says so", proveBadReload},
		{"the clock jumping back a year and forward a day harms nothing", proveClock},
		{"a full disk pauses ingestion, queries go on, and it resumes by itself", proveFullDisk},
		{"what was acknowledged survives a power cut, 5 times", provePowerCut},
		{"an upgrade restarts the service and keeps the store", proveUpgrade},
		{"a purge leaves nothing behind", provePurge},
	}
}
