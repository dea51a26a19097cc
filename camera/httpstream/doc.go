// Package httpstream takes pictures from HTTP cameras: an MJPEG stream
// (multipart/x-mixed-replace, or consecutive JPEG pictures), or an address that answers
// with one picture (a still), which is requested again and again.
//
// The answer's Content-Type decides which of them it is. The package answers Basic and
// Digest authentication (RFC 7616; many cameras know only that) when the camera asks. It
// sends credentials only to the camera's own host and never from https to http. No
// error holds them. Dialling, TLS, headers, redirects and the size of a picture are
// bounded. The caller bounds the silence of a stream by the context of Next.
//
// A [Stream] owns its connections; Close ends them.
package httpstream
