// Package mjpeg splits streams into JPEG pictures. A [Reader] reads consecutive pictures,
// which a program writes to its standard output. A [Multipart] reads the parts of an
// endless HTTP message, which a camera sends.
//
// The package follows the marker structure of a picture (ITU-T T.81, annex B). It does
// not search for the end marker: a thumbnail in EXIF has one of its own. It skips
// everything between pictures. For a picture that is cut or too large, a call returns one
// of the errors in reader.go, and the next call goes on after that picture.
//
// [Repair] adds what Motion-JPEG leaves out: the standard Huffman tables.
//
// The package does not check whether a picture can be decoded. It allocates memory as
// bytes arrive, never according to a header.
package mjpeg
