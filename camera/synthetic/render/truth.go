package render

// GridSide is the number of cells along each side of a foreground grid.
const GridSide = 16

// Truth says what a frame shows. It comes from the scene's own description and not from the pixels of the picture. Only eval,
// benchmarks and tests may use it.
type Truth struct {
	// Foreground is the share of each cell of the picture that people, vehicles and objects cover, 0 to 1, row-major from the
	// upper left. Shadows do not count, nor does what swaying trees or walls hide.
	Foreground [GridSide * GridSide]float32

	// Counts is the number of people, vehicles and objects by kind of which at least a part is in the picture. Kinds that are
	// absent have no entry.
	Counts map[string]int

	// Area is the share of the picture that is foreground: the mean of Foreground.
	Area float32
}
