// Package heartbeat notices when a loop of the program hangs.
//
// A [Monitor] has a [Beat] for each loop that must not hang. The loop ticks its beat
// in every iteration, even when it only waits: an unplugged camera, a full disk and a
// pause are no hangs. Before longer work, the loop allows itself more time. A beat is
// late when it has not ticked within its allowance.
//
// No goroutine ticks for another one: a timer that ticks while the work is stuck would
// hide the hang. All times are on the monotonic clock, so setting the wall clock
// makes nothing late.
//
// A function that works for any loop finds the loop's beat in its context ([Tick],
// [Allow]). Without a beat in the context, it does nothing.
package heartbeat
