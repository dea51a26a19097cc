// Package governor decides when the learner may take a step, and how much of it
// fits into memory, so that a board that does other work does not notice.
//
// # Use
//
// The learner calls [Governor.Before] ahead of each step, and [Governor.After]
// after it. Before returns when learning is allowed. That is when all of these hold.
// Each can be left out:
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
// The kernel's load average counts the learner's own threads, which are busy all the
// time. If it were compared with the limit as it is, the learner would stop itself,
// go on when the average has forgotten it, and so on for ever. So the governor keeps
// the same average of the learner alone: Options.Threads while a step runs, 0
// otherwise, with the kernel's time constant of one minute. Other programs cause the
// difference. The difference is too small when a step keeps fewer threads busy, for
// instance while it reads pictures. The learner then gives way later than the limit
// says, never earlier.
//
// # Time
//
// Pauses are measured on the monotonic clock. The governor reads the time of day
// every 5 seconds, so setting the clock, or the start of summer time, has its effect
// at once. Windows follow the clock on the wall. A window in the hour that summer
// time skips does not occur that day. One in the hour that is repeated occurs twice.
//
// # Changes
//
// [Governor.Change] puts other [Limits] in force at once, even while the learner
// waits.
//
// # Memory
//
// [ChunkFor] computes how many pairs at a time fit into a limit.
//
// # Caveats
//
// The governor ignores a sensor that cannot be read, or that reads what no board
// survives. A limit without any sensor does not apply, and the governor logs that
// once. Linux only.
package governor
