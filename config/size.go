package config

// Sizes, in pixels.
const (
	// LeastSize and LargestSize bound the serving size and the learning size.
	LeastSize, LargestSize = 32, 512
	// DefaultServingSize is the serving size where nothing else decides it. Frozen encoders
	// are better at 224 px than at any smaller size: see docs/learning.md.
	DefaultServingSize = 224
)

// AutomaticSizes returns the serving sizes that `edgeclr run` chooses among, ascending.
func AutomaticSizes() []int { return []int{96, 128, 160, DefaultServingSize} }

// ServingSize is the side of the square at which pictures are embedded, in pixels:
// Serve.Size, or DefaultServingSize when that is automatic.
func (c Config) ServingSize() int {
	if c.Serve.Size > 0 {
		return c.Serve.Size
	}
	return DefaultServingSize
}

// LearningSize is the side of a training view, in pixels: Learn.Size. Where that is
// automatic, it is the serving size, but no more than 224 px if the upper stages learn
// alone, and no more than 96 px if more learn.
func (c Config) LearningSize() int {
	switch {
	case c.Learn.Size > 0:
		return c.Learn.Size
	case c.Learn.upperStagesAlone():
		return min(DefaultServingSize, c.ServingSize())
	}
	return min(smallLearningSize, c.ServingSize())
}
