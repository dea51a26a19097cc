// Package heartbeat tells whether a program works or waits, or hangs.
//
// A [Monitor] has a [Beat] for each loop that must not stop. The loop ticks its beat
// in every turn, even when it only waits: an unplugged camera, a full disk and a
// pause are no hangs. Before work that takes longer than a turn, the loop allows
// itself more time. A beat is late when it has not ticked within its allowance.
//
// No goroutine ticks for another. A timer that ticks while the work is stuck would
// hide the hangs that the monitor looks for. All times are on the monotonic clock,
// so setting the wall clock makes nothing late.
//
// A function that works for any loop finds the loop's beat in its context ([Tick],
// [Allow]). Without a beat in the context, it does nothing.
package heartbeat
