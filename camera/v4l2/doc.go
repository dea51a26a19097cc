// Package v4l2 takes pictures from Linux's camera devices (Video4Linux 2) by
// system calls alone, without cgo and without libv4l.
//
// # Model
//
// A [Device] is an open /dev/videoN: [Open] it by that name or, better, by its
// name in /dev/v4l/by-id, which stays the same when the kernel numbers devices
// anew. A device tells its formats, sizes, rates and controls. A [Camera] is
// a device that streams: [Start] chooses a format, sets rate and controls and
// maps the driver's buffers; [Camera.Next] waits for a picture. [List] finds
// the devices of this machine.
//
// # Choice of the format
//
// What the [Settings] leave open is chosen: the size nearest to 640 x 480, since the
// encoder sees fewer than 100 pixels a side and a larger picture costs time on
// the bus, in the decoder and in the store; at that size uncompressed pixels, which have no
// artefacts and need no decoder; and MJPEG for larger pictures from USB, where
// uncompressed ones do not fit through the cable at a useful rate. The
// driver's answer counts, not the question: size, stride, pixel format, colour
// space and rate are those that it gives back.
//
// # Guarantees
//
// Bytes are copied before their buffer returns to the driver. Buffers that the driver marks as damaged,
// that are short, or that hold no whole JPEG are dropped and counted. A JPEG
// without Huffman tables, as many webcams send it, gets the standard ones.
// [Camera.Close] may be called at any time; it wakes a waiting Next, waits for it and
// gives back all memory and descriptors.
//
// An error of Next other than the context's ends the stream. A device that was unplugged, or
// whose stream broke, gives [ErrGone]: close it and open it again, as often as
// it takes. Nothing here tries again by itself.
//
// # Caveats
//
// Cameras on a ribbon cable (CSI) are no such devices: the sensor of a
// Raspberry Pi or a Jetson needs rpicam-vid or nvargus in front of it. Of a
// capture card with several inputs, the one that is selected is used. The layout of the kernel's
// structures is that of 64-bit Linux on amd64 and arm64; elsewhere the
// package does not compile.
//
// Sizes are in pixels, lengths in bytes, rates in frames a second.
package v4l2
