package benchmark

// Report is the result of a benchmark; docs/benchmarks.md explains its JSON.
type Report struct {
	Benchmark string         `json:"benchmark"` // name of the kind
	Target    string         `json:"target"`    // the folder or scene, as the user wrote it
	Arch      string         `json:"arch"`
	Size      int            `json:"size"`
	Pictures  int            `json:"pictures"` // learned from and held out
	Held      int            `json:"held"`     // held out
	Classes   int            `json:"classes"`
	Frames    int            `json:"frames"`  // of a run
	Repeats   int            `json:"repeats"` // frames of each picture
	Buffer    int            `json:"buffer"`  // most frames that a learner may remember
	Steps     int            `json:"steps"`   // budget of a run; 0: no bound
	Minutes   float64        `json:"minutes"` // budget of a run; 0: no bound
	Variants  []Outcome      `json:"variants"`
	Skipped   int            `json:"skipped"` // files that were left out
	Reasons   map[string]int `json:"reasons"`
}

// Outcome is what came of a variant.
type Outcome struct {
	Variant
	Top1   Mean  `json:"top1"`   // at the end of the runs
	P10    Mean  `json:"p10"`    // at the end of the runs
	KNN20  Mean  `json:"knn20"`  // at the end of the runs
	Change Mean  `json:"change"` // of top-1 against pretrained with the same seed
	Runs   []Run `json:"runs"`   // one a seed
}

// Run is one variant with one seed.
type Run struct {
	Seed       uint64      `json:"seed"`
	Classes    []string    `json:"classes"` // in the order of the stream
	Points     []Point     `json:"points"`  // the first is before any frame
	Seconds    float64     `json:"seconds"` // of feeding and learning
	Forgetting *Forgetting `json:"forgetting,omitempty"`
}

// Point is one examination.
type Point struct {
	Frames    int       `json:"frames"` // fed before
	Steps     int       `json:"steps"`  // taken before
	Top1      float64   `json:"top1"`
	P10       float64   `json:"p10"`
	KNN20     float64   `json:"knn20"`
	ClassTop1 []float64 `json:"class_top1"` // by class, in the order of Run.Classes
}

// last is the examination at the end.
func (r Run) last() Point { return r.Points[len(r.Points)-1] }

// summarise fills in what the runs have in common; before are the runs of the
// pretrained encoder, by seed.
func (o *Outcome) summarise(before []Run) {
	column := func(of func(i int) float64) Mean {
		values := make([]float64, len(o.Runs))
		for i := range o.Runs {
			values[i] = of(i)
		}
		return meanOf(values)
	}
	o.Top1 = column(func(i int) float64 { return o.Runs[i].last().Top1 })
	o.P10 = column(func(i int) float64 { return o.Runs[i].last().P10 })
	o.KNN20 = column(func(i int) float64 { return o.Runs[i].last().KNN20 })
	o.Change = column(func(i int) float64 { return o.Runs[i].last().Top1 - before[i].last().Top1 })
}
