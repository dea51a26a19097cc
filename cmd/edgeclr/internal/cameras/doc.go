// Package cameras describes the cameras at this machine for `edgeclr cameras` and
// `edgeclr doctor`: their names, their formats and controls, and why a camera cannot be used.
package cameras
