// Package mjpeg cuts streams of JPEG pictures into pictures: those that a
// program writes to its standard output one behind the other ([Reader]), and those that
// a camera sends by HTTP in the parts of a message that never ends ([Multipart]).
//
// A picture is followed by its marker structure (ITU-T T.81, annex B), not by
// a search for its end marker: thumbnails in EXIF hold one of their own. What stands between pictures
// is passed over. A picture that breaks off, or is larger than allowed, costs
// itself alone, with one of the errors in errors.go; the next call goes on behind it.
//
// [Repair] gives a picture what Motion-JPEG leaves out: the standard Huffman tables.
//
// Whether a picture can be decoded is not looked at here. Memory is claimed as
// bytes arrive, never by what a header announces.
package mjpeg
