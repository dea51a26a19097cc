// Package heartbeat tells a program that works or waits from one that hangs.
//
// A [Monitor] has a [Beat] for each loop that must not stop. The loop ticks it
// wherever it comes round, also when it only waits: a camera that is unplugged, a
// full disk and a pause are no hangs. Before a piece of work that takes longer
// than a turn of the loop, the loop allows itself more time. A beat that has not
// ticked within what it was allowed is late.
//
// No goroutine ticks for another: a timer that ticks while the work is stuck
// would hide what the monitor is there to find. All times are of the monotonic
// clock, so that setting the wall clock makes nothing late.
//
// A function that works for whichever loop called it finds the loop's beat in its
// context ([Tick], [Allow]), and does nothing where there is none.
package heartbeat
