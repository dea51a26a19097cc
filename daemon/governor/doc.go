// Package governor decides when the learner may take a step, and how much of a step
// fits into memory. So learning does not disturb the other work of the board.
//
// # Use
//
// The learner calls [Governor.Before] before each step, and [Governor.After] after
// it. Before returns when learning is allowed. It is allowed when all of these
// conditions hold. Each one is optional:
//
//   - it is one of the daily times of Limits.Windows;
//   - no thermal zone is hotter than Limits.MaxTemperature;
//   - other programs add at most Limits.MaxLoad per core to the load;
//   - at most the share Limits.Duty of the time was spent on steps.
//
// A board that was too hot has to cool by 5 degrees before learning goes on. A load
// that was too high has to fall to four fifths of the limit. Otherwise a board at
// its limit would start and stop with every step.
//
// # Load
//
// The kernel's load average includes the learner's own threads. If the governor
// compared it with the limit, the learner would stop itself, go on when its load has
// faded from the average, and repeat that. So the governor computes the same average
// for the learner alone: Options.Threads while a step runs, 0 otherwise, with the
// kernel's time constant of one minute. The difference is the load of other programs.
// It is underestimated when a step keeps fewer threads busy, for instance while it
// reads pictures. Then the learner waits later than the limit says, never earlier.
//
// # Time
//
// Pauses are measured on the monotonic clock. The governor reads the time of day
// every 5 seconds, so setting the clock, or the start of summer time, has its effect
// at once. Windows are in local time. A window in the hour that summer time skips does
// not occur that day. A window in the hour that is repeated occurs twice.
//
// # Changes
//
// [Governor.Change] puts other [Limits] in force at once, even while the learner
// waits.
//
// # Memory
//
// [ChunkFor] computes how many pairs of views at a time fit into a limit.
//
// # Caveats
//
// The governor ignores a sensor that cannot be read, or whose value no board survives.
// A limit without any sensor does not apply, and the governor logs that once. Linux
// only.
package governor
