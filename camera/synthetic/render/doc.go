// Package render draws three-dimensional scenes that a fixed camera sees: meshes, shading, shadows, weather and the faults of a
// real camera.
package render
