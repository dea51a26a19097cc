// Package gpio drives the pins of a board: a trigger that says when frames are
// wanted, a lamp that lights them, and an LED that shows the state of the daemon.
//
// # Model
//
// [Open] takes the pins that [Options] name and gives [Controls], which own
// them until Close. One goroutine waits for the trigger's edges and switches
// the lamp, another plays the LED's patterns; Close ends both and waits.
//
// The trigger opens a window: while the input is active and for Hold after it
// came to rest. The lamp is on while the window is open, and a frame is wanted
// once the lamp is warm. Without a trigger the window is always open.
//
// A [Board] is where pins come from. [Host] is the board that the program runs
// on; package gpiotest has one whose pins tests move.
//
// # Guarantees
//
//   - No driver is started and no device opened unless a pin is named.
//   - All that is wrong with the pins is told at once, each with its key and
//     with what mends it; an optional pin that cannot be had is a warning.
//   - A line that another program holds is never taken from it.
//   - Outputs are off after Open and after Close.
//   - Times are Go's monotonic ones, so that a clock that is set moves no window.
//
// # Caveats
//
// Of periph's drivers only that for the kernel's character devices is linked, in
// the second version of the interface (Linux 5.10). Those that map a chip's
// registers, like bcm283x, would bypass the kernel's knowledge of who holds a
// line, map the DMA and clock registers too, and know the addresses of the
// boards that they were written for alone. With them periph's aliases are left
// out; the names of a Raspberry Pi's header are resolved here.
//
// Who is killed cannot switch off what it had on.
package gpio
