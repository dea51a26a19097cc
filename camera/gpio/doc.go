// Package gpio drives the pins of a board: a trigger input that says when frames are
// wanted, a lamp that lights the scene, and an LED that shows the state of the daemon.
//
// # Model
//
// [Open] opens the pins that [Options] name and returns [Controls], which own them until
// Close. One goroutine waits for the trigger's edges and switches the lamp. Another
// plays the LED's patterns. Close ends both and waits.
//
// The trigger controls a window of time. The window is open while the input is active, and
// for Hold after that. The lamp is on while the window is open. A frame is wanted while the
// window is open and the lamp is warm. Without a trigger the window is always open.
//
// A [Board] supplies pins. [Host] is the board that the program runs on. Package
// gpiotest has one whose pins a test moves.
//
// # Guarantees
//
//   - No driver is started and no device opened unless a pin is named.
//   - Open reports everything that is wrong with the pins at once, each with its key and
//     a remedy. An optional pin that is not available is a warning.
//   - A line that another program holds is never taken from it.
//   - Outputs are off after Open and after Close.
//   - Times are Go's monotonic ones, so that setting the clock moves no window.
//
// # Caveats
//
// The program links only periph's driver for the kernel's character devices, in the
// second version of the interface (Linux 5.10). Drivers that map a chip's registers,
// like bcm283x, would bypass the kernel's knowledge of who holds a line, map the DMA and
// clock registers too, and work only on the boards that they were written for. Without
// them periph's aliases are missing, so this package resolves the names of a Raspberry
// Pi's header.
//
// A process that is killed cannot switch off its outputs.
package gpio
