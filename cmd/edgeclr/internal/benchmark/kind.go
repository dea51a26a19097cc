package benchmark

import "edgeclr/camera/stream"

// Kind is a benchmark.
type Kind struct {
	Name  string
	Short string
	Seeds int // runs, unless the user says otherwise

	variants []Variant
	frames   func(repeats int) stream.Options
	exams    int // most examinations of a run, the first left out
	perStep  int // frames for each step, unless the user says how many steps
	perPlace int // frames for each place in the learner's buffer, unless the user says how many
}

// Kinds is the registry: one entry a benchmark.
func Kinds() []Kind {
	return []Kind{
		{
			Name: "stream", Short: "class after class, each picture several times, under light that drifts", Seeds: 1,
			variants: streamVariants(), exams: 12, perStep: 8, perPlace: 10,
			frames: func(repeats int) stream.Options { return stream.Options{Repeats: repeats} },
		},
		{
			Name: "learn", Short: "pictures in random order, once", Seeds: 3,
			variants: learnVariants(), exams: 1, perStep: 4, perPlace: 1,
			frames: func(int) stream.Options {
				return stream.Options{Repeats: 1, Change: stream.Change{Shift: -1, Light: -1, Noise: -1}, Drift: -1}
			},
		},
	}
}

// ByName finds a kind.
func ByName(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// learning is how many of the variants learn.
func (k Kind) learning() int {
	n := 0
	for _, v := range k.variants {
		if !v.Frozen {
			n++
		}
	}
	return n
}
