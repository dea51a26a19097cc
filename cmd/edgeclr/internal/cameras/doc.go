// Package cameras describes the cameras at this machine for `edgeclr cameras` and
// `edgeclr doctor`: their names, what they offer, and why one cannot be used.
package cameras
