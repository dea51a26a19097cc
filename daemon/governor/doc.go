// Package governor decides when the learner may take a step, and how much of it
// fits into memory, so that a board that does other work does not notice.
//
// # Use
//
// The learner calls [Governor.Before] ahead of each step, which returns when
// learning is allowed, and [Governor.After] behind it. Learning is allowed when
// all of these hold; each can be left out:
//
//   - it is one of the daily times of Limits.Windows;
//   - no thermal zone is hotter than Limits.MaxTemperature;
//   - what other programs add to the load is at most Limits.MaxLoad a core;
//   - the share Limits.Duty of the time, and no more, was spent on steps.
//
// What was too hot has to cool down by 5 degrees, and what was too busy to calm
// down to four fifths, before learning goes on; otherwise a board at its limit would
// start and stop with every step.
//
// # Load
//
// The kernel's load average counts the learner's own threads, which are busy
// all the time. Held against the limit as it is, the learner would stop itself,
// go on when the average has forgotten it, and so on for ever. So the governor
// keeps the same average of the learner alone: Options.Threads while a step
// runs, 0 otherwise, with the kernel's time constant of one minute. The
// difference is what the others cause. It is too small where a step keeps fewer
// threads busy than that (reading pictures, for instance), so the learner then gives
// way later, never earlier, than the limit says.
//
// # Time
//
// Pauses are measured on the monotonic clock. The time of day is looked at
// again every 5 seconds, so a clock that is set, or summer time that begins, has
// its effect at once. A window is where the clock on the wall is: one that lies in
// the hour that summer time skips does not occur that day, one in the hour that
// is repeated occurs twice.
//
// # Changes
//
// [Governor.Change] puts other [Limits] in force at once, also for a learner that
// waits.
//
// # Memory
//
// [ReadMemory] finds what the board and the control group allow, and [ChunkFor]
// how many pairs at a time fit.
//
// # Caveats
//
// A sensor that cannot be read, or reads what no board survives, does not count;
// a limit without any sensor does not apply, which is logged once. Linux only.
package governor
