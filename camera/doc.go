// Package camera brings pictures in: where frames come from, and how their
// bytes become pixels.
//
// # Sources
//
// A [Source] delivers frames until its context ends. [Open] makes one from a
// URI; sources.go has one line per scheme and one file per source:
//
//	dir:PATH                 files that are in a folder or arrive in it
//	v4l2:/dev/video0         a camera at this machine, see package v4l2
//	http://HOST/PATH         a network camera: an MJPEG stream or one picture; https:// too
//	exec:COMMAND             what a command writes: JPEG pictures one behind the other
//	synthetic:conveyor       a rendered conveyor belt with known classes
//
// A source hands a frame to emit and waits until emit returns, so a slow
// consumer slows a directory down rather than filling memory. Frames of a directory are
// delivered at least once: the [Cursor] that the caller supplies says what is
// already stored, also across restarts, and a frame counts as delivered only
// when the cursor knows it.
//
// # Cameras
//
// A camera fails in ways that a folder does not: its cable is pulled, it
// reboots, it hangs. One supervisor (live.go) deals with that for every kind: it
// opens the camera again after each end, with pauses of 1, 2, 4, 8, 16 and then 30 seconds,
// closes one that is silent for too long, leaves damaged pictures out, thins
// the stream out to a rate, turns, masks and crops, and counts.
// In URIs, states and logs there are no credentials.
//
// A kind of camera supplies a connectFunc and a connection (connection.go), and
// a line in sources.go.
//
// # Decoding
//
// A [Decoder] turns bytes from anywhere into upright 8-bit RGB. The content,
// not the name, decides the format: JPEG, PNG, GIF and animated WebP (first
// frame), BMP, TIFF. Nothing is allocated by what a header claims before the
// claim was held against [Limits] and against the bytes that are there, and a
// decoder's panic becomes an error. Every failure matches one of the errors in
// errors.go, and [Reason] gives its short name for counters.
//
// A picture is either whole or refused: a JPEG that lost its end is
// truncated, although its upper half could be shown, since half a frame
// teaches the encoder an edge that no camera saw. Alpha is dropped, not blended. Embedded colour
// profiles are ignored.
//
// # Caveats
//
// Linux tells nobody through fsnotify that a writer has closed its file. A
// directory source therefore waits until size and modification time
// rest, and checks them again after reading; a writer that pauses longer than
// that is read half-way, counted as truncated, and read again when it goes on.
//
// Sizes are in bytes, lengths in pixels, times are those of the host's clock.
package camera
