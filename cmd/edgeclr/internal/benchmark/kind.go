package benchmark

import (
	"edgeclr/camera/stream"
	"edgeclr/config"
)

// Kind is a benchmark.
type Kind struct {
	Name  string
	Short string
	Seeds int // default number of runs of each variant

	variants    []Variant
	frames      func(repeats int) stream.Options
	evaluations int // largest number of evaluations of a run, without the one before the first frame
	perStep     int // default number of steps: one for so many frames
	perPlace    int // default size of the learner's buffer: one place for so many frames
}

// Kinds is the registry of benchmarks: one entry each.
func Kinds() []Kind {
	return []Kind{
		{
			Name: "stream", Short: "class after class, each picture several times, under light that drifts", Seeds: 1,
			variants: streamVariants(), evaluations: 12, perStep: 8, perPlace: 10,
			frames: func(repeats int) stream.Options { return stream.Options{Repeats: repeats} },
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

// learning counts the variants that learn.
func (k Kind) learning() int {
	n := 0
	for _, v := range k.variants {
		if !v.Frozen {
			n++
		}
	}
	return n
}

// Variant is one way to learn from frames.
type Variant struct {
	Name     string `json:"name"`
	Describe string `json:"describe"`

	// Frozen: the encoder does not learn.
	Frozen bool `json:"frozen"`
	// Shuffled: the frames come in random order.
	Shuffled bool `json:"shuffled"`

	// Policy decides what the learner remembers. With OneBatch it remembers only
	// as much as one step learns from, and learns after every batch of frames.
	Policy   string `json:"policy"`
	OneBatch bool   `json:"one_batch"`

	// Published: the encoder learns as SimCLR and its continual successors do, and
	// serves without a blend. See published.
	Published bool `json:"published"`
	// Neighbours: the nearest pictures are used as positives.
	Neighbours bool `json:"neighbours"`

	// Gate: near-duplicates are left out.
	Gate bool `json:"gate"`
	// Probe: a probe set is held back, and a result serves only if it is better on
	// it. Without it the learner uses every frame, and every result serves.
	Probe bool `json:"probe"`
}

// Policies of the buffer.
const (
	policyFIFO   = config.ReplayFIFO
	policyRecipe = config.ReplayMinRed
)

func pretrained() Variant {
	return Variant{Name: "pretrained", Describe: "the encoder as it comes", Frozen: true}
}

func recipe(name, describe string) Variant {
	return Variant{Name: name, Describe: describe, Policy: policyRecipe, Neighbours: true, Gate: true, Probe: true}
}

// streamVariants are the ways to learn from a stream: one line each. All but "plain"
// train in the same way: frozen batch norm, first the head alone, a low rate, a blend.
func streamVariants() []Variant {
	shuffled := recipe("shuffled", "this recipe on the same frames in random order: the bound")
	shuffled.Shuffled = true
	return []Variant{
		pretrained(),
		{Name: "plain", Describe: "SimCLR as published, on the frames as they come", Policy: policyFIFO, OneBatch: true, Published: true},
		{Name: "fifo", Describe: "careful SimCLR on a buffer of the newest frames", Policy: policyFIFO},
		recipe("recipe", "what edgeclr does"),
		shuffled,
	}
}
