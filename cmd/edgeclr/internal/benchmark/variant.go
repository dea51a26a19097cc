package benchmark

import "edgeclr/config"

// Variant is one way to learn from frames.
type Variant struct {
	Name     string `json:"name"`
	Describe string `json:"describe"`

	// Frozen: does not learn.
	Frozen bool `json:"frozen"`
	// Shuffled: the frames come in random order.
	Shuffled bool `json:"shuffled"`

	// Policy decides what the learner remembers, and OneBatch that it is no
	// more than a step learns from: it then learns after every batch of frames.
	Policy   string `json:"policy"`
	OneBatch bool   `json:"one_batch"`

	// Published: learns as SimCLR and its continual successors do, and what was learned
	// serves as it is. See published.
	Published bool `json:"published"`
	// Neighbours: alike pictures are positives.
	Neighbours bool `json:"neighbours"`

	// Gate: near-duplicates are left out.
	Gate bool `json:"gate"`
	// Probe: what was learned serves only if it is better on a probe set, which is
	// held back. Without it everything is learned from, and every result serves.
	Probe bool `json:"probe"`
}

// The buffer's policies.
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

// streamVariants is one line a way to live with a stream. All but the published one
// train alike (frozen batch norm, warm head, low rate, a blend).
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

// learnVariants is what there is to compare on pictures in random order.
func learnVariants() []Variant {
	r := recipe("recipe", "what edgeclr does")
	r.Shuffled = true
	return []Variant{pretrained(), r}
}
