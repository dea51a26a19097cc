// Package cameras describes the cameras at this machine for `edgeclr cameras`
// and `edgeclr doctor`: what they are called, what they offer and what keeps
// one from being used.
package cameras
