// Package httpstream takes pictures from cameras that speak HTTP: an MJPEG
// stream (multipart/x-mixed-replace, or JPEG pictures one behind the other), or an
// address that answers with one picture, which is then asked for again and
// again.
//
// The answer's Content-Type decides which. Basic and Digest authentication
// (RFC 7616; many cameras know no other) are answered when the camera asks. Credentials
// go to the camera's own host alone, and never from https to http; they are in
// no error. Everything is bounded: dialling, TLS, headers, redirects, the size of a picture.
// How long a stream may be silent is for the caller to say, by the context of
// Next.
package httpstream
