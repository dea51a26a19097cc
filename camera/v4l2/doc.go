// Package v4l2 takes pictures from Linux's camera devices (Video4Linux 2) with
// system calls only, without cgo and without libv4l.
//
// # Model
//
// A [Device] is an open /dev/videoN. [Open] it by that name or, better, by its
// name in /dev/v4l/by-id, which stays the same when the kernel gives devices new
// numbers. A device lists its formats, sizes, rates and controls. A [Camera] is a
// device that streams: [Start] chooses a format, sets rate and controls and maps
// the driver's buffers; [Camera.Next] waits for a picture. [List] finds the
// devices of this machine.
//
// # Choice of the format
//
// The package chooses what the [Settings] leave open:
//
//   - the size nearest to 640 x 480: the encoder sees fewer than 100 pixels a side,
//     and a larger picture costs time on the bus, in the decoder and in the store;
//   - at that size, uncompressed pixels: they have no artefacts and need no decoder;
//   - MJPEG for larger pictures from USB: uncompressed ones do not fit through the
//     cable at a useful rate.
//
// Size, stride, pixel format, colour space and rate are those that the driver
// answers, not those that it was asked for.
//
// # Guarantees
//
// A camera copies the bytes of a buffer before it returns the buffer to the driver.
// It drops and counts buffers that the driver marks as damaged, that are short, or
// that hold no whole JPEG. It adds the standard Huffman tables to a JPEG without
// tables, as many webcams send it. [Camera.Close] may be called at any time. It
// wakes a waiting Next, waits for it, and releases all memory and descriptors.
//
// An error of Next other than the context's ends the stream. A device that was
// unplugged, or whose stream broke, returns [ErrGone]: close it and open it again,
// as often as necessary. The package itself never retries.
//
// # Caveats
//
// Cameras on a ribbon cable (CSI) are not such devices: the sensor of a Raspberry
// Pi or a Jetson needs rpicam-vid or nvargus. A capture card with several inputs
// delivers the selected one. The layout of the kernel's structures is that of
// 64-bit Linux on amd64 and arm64. The package does not compile elsewhere.
//
// Sizes are in pixels, lengths in bytes, rates in frames a second.
package v4l2
