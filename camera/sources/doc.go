// Package sources opens sources of pictures by their URI, and keeps cameras
// running.
//
//	dir:PATH                 files that are in a folder or arrive in it, see package directory
//	v4l2:/dev/video0         a camera of this machine, see package v4l2
//	http://HOST/PATH         a network camera: an MJPEG stream or one picture; https:// too
//	exec:COMMAND             JPEG pictures that a command writes one after the other
//	synthetic:conveyor       a rendered conveyor belt with known classes
//	synthetic:yard           a rendered yard, seen by a fixed camera by day and night
//	synthetic:bench          a rendered work bench, seen by a fixed camera
//
// [Open] makes a source from a URI. sources.go has one line for each scheme, and
// each scheme has one file. To add a source, write that file and that line.
//
// # Cameras
//
// A camera fails in ways that a folder does not: its cable is pulled, it
// reboots, it hangs. One supervisor (live.go) handles that for every kind. It
// opens the camera again after each end, with pauses of 1, 2, 4, 8, 16 and then
// 30 seconds. It closes a camera that is silent for too long, leaves damaged
// pictures out, thins the stream to a rate, rotates, masks and crops, and counts.
// URIs, states and logs hold no credentials.
//
// A kind of camera supplies only a connectFunc and a connection (connection.go).
//
// Each source runs in the goroutine that calls Run. When Run returns, nothing
// that it started is left: no descriptor, goroutine or child process.
package sources
