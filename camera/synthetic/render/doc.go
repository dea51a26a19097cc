// Package render draws three-dimensional scenes as a fixed camera sees them. It knows nothing about what they show: packages yard and
// bench describe a [Place], which never moves, and for each picture a [Frame].
//
// [NewStage] looks at the empty place once: which surface each pixel shows, and how much of the sky and of each lamp reaches it.
// [Stage.Render] then lights these surfaces, draws what moves over them with four samples a pixel, and lets a lens and a sensor make a
// picture of it: blur, vibration, exposure, noise, JPEG. The share of samples that show what moves is the [Truth].
//
// Lengths are in metres, angles in radians, colours in linear light. Everything follows from the arguments: equal ones give equal
// pictures in every run of one build. Between processor architectures the last bit may differ, since floating-point contraction does.
package render
