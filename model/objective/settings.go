package objective

import "fmt"

// Settings are the options of training that an objective can refuse.
type Settings struct {
	Queue int // learn.queue
	Chunk int // learn.chunk
}

// Conflict is a setting that has no meaning with an objective.
type Conflict struct {
	Key  string // of the configuration
	Text string // what is wrong and what to do
}

// Conflicts lists the settings that have no meaning with the objective.
func (o *Objective) Conflicts(s Settings) []Conflict {
	var conflicts []Conflict
	if s.Queue > 0 && !o.Needs.Queue {
		conflicts = append(conflicts, Conflict{"learn.queue", fmt.Sprintf("%d has no meaning with %s, which reads no past projections: give 0", s.Queue, o.Name)})
	}
	if s.Chunk > 0 && o.Cut == NoCut {
		conflicts = append(conflicts, Conflict{"learn.chunk", fmt.Sprintf("%d has no meaning with %s, whose batch cannot be cut: give 0", s.Chunk, o.Name)})
	}
	return conflicts
}
