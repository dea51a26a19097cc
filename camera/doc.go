// Package camera holds what all sources of pictures have in common: the
// [Frame] that a source delivers, the [Source] itself, its state and counters,
// and the options of live sources.
//
// The rest lies in packages below it:
//
//	sources      opens a source by its URI; supervises cameras
//	directory    the source dir:, which watches a folder, and the walk of a folder
//	decode       turns encoded bytes into pixels
//	v4l2, httpstream, command, synthetic    one kind of camera each
//	mjpeg        splits what cameras send into JPEG pictures
//	gate         finds near-duplicates
//	gpio         the pins of the board: trigger, lamp and LED
//	stream       makes a benchmark's stream of frames from labelled pictures
//	rgb          pixels in memory
//	redact       removes credentials from texts
//
// A source hands each frame to emit and waits until emit returns, so that a
// slow consumer slows a folder down and does not fill the memory.
//
// Sizes are in bytes, lengths in pixels. Times are those of the host's clock.
package camera
