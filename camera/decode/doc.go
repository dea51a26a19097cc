// Package decode turns encoded pictures from anywhere into upright 8-bit RGB.
// It uses no cgo; package model supplies a JPEG decoder with the pixels of libjpeg.
//
// A [Decoder] looks at the content of a file, not at its name. It reads JPEG,
// PNG, GIF and animated WebP (the first frame), BMP and TIFF; formats.go has one
// line for each. It checks what a header claims against [Limits] and against the
// bytes that are there before it allocates anything. It turns a panic of a
// format's decoder into an error. Every failure matches one of the errors in
// errors.go, and [Reason] gives its short name for counters.
//
// A picture is either whole or refused. A JPEG that lost its end is refused as
// truncated, although its upper half could be shown: half a frame teaches the
// encoder an edge that no camera saw. Alpha is dropped, not blended. Embedded
// colour profiles are ignored.
//
// To add a format, write one file with its inspect and decode functions, and add
// its line to formats.go.
package decode
