package benchmark

import (
	"fmt"
	"math"
)

// Report is the result of a benchmark. docs/benchmarks.md explains its JSON.
type Report struct {
	Benchmark string         `json:"benchmark"` // name of the kind
	Target    string         `json:"target"`    // the folder or scene, as the user wrote it
	Arch      string         `json:"arch"`
	Size      int            `json:"size"`
	Pictures  int            `json:"pictures"` // all pictures, held out or not
	Held      int            `json:"held"`     // held-out pictures
	Classes   int            `json:"classes"`
	Frames    int            `json:"frames"`  // frames of a run
	Repeats   int            `json:"repeats"` // frames of each picture
	Buffer    int            `json:"buffer"`  // largest number of frames that a learner may remember
	Steps     int            `json:"steps"`   // budget of a run; 0 is no bound
	Minutes   float64        `json:"minutes"` // budget of a run; 0 is no bound
	Variants  []Outcome      `json:"variants"`
	Skipped   int            `json:"skipped"` // pictures left out
	Reasons   map[string]int `json:"reasons"`
}

// Outcome is the result of one variant.
type Outcome struct {
	Variant
	Top1   Mean  `json:"top1"`   // at the end of the runs
	P10    Mean  `json:"p10"`    // at the end of the runs
	KNN20  Mean  `json:"knn20"`  // at the end of the runs
	Change Mean  `json:"change"` // change of top-1 against the pretrained encoder with the same seed
	Runs   []Run `json:"runs"`   // one per seed
}

// Run is one variant with one seed.
type Run struct {
	Seed       uint64      `json:"seed"`
	Classes    []string    `json:"classes"` // in the order of the stream
	Points     []Point     `json:"points"`  // the first is before the first frame
	Seconds    float64     `json:"seconds"` // time of feeding and learning
	Forgetting *Forgetting `json:"forgetting,omitempty"`
}

// Point is one evaluation.
type Point struct {
	Frames    int       `json:"frames"` // frames fed so far
	Steps     int       `json:"steps"`  // steps taken so far
	Top1      float64   `json:"top1"`
	P10       float64   `json:"p10"`
	KNN20     float64   `json:"knn20"`
	ClassTop1 []float64 `json:"class_top1"` // by class, in the order of Run.Classes
}

// last is the evaluation at the end.
func (r Run) last() Point { return r.Points[len(r.Points)-1] }

// summarise fills in the means over the runs. before are the runs of the
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

// Forgetting follows the classes that came first, a third of all classes. Its
// values are means of their top-1.
type Forgetting struct {
	Classes    int     `json:"classes"`
	Pretrained float64 `json:"pretrained"` // before any frame
	Seen       float64 `json:"seen"`       // at the first evaluation after each class had been seen
	End        float64 `json:"end"`        // after all classes had been seen
	Change     float64 `json:"change"`     // end - seen; below 0 the classes were forgotten
}

// forgetting computes the Forgetting of a run. Class i ends after ends[i] frames.
func forgetting(points []Point, ends []int) *Forgetting {
	f := Forgetting{Classes: max(len(ends)/3, 1)}
	share := 1 / float64(f.Classes)
	for c, end := range ends[:f.Classes] {
		seen := 0
		for points[seen].Frames < end {
			seen++
		}
		f.Pretrained += share * points[0].ClassTop1[c]
		f.Seen += share * points[seen].ClassTop1[c]
		f.End += share * points[len(points)-1].ClassTop1[c]
	}
	f.Change = f.End - f.Seen
	return &f
}

// Mean summarises the runs of several seeds.
type Mean struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"` // standard deviation over the runs; 0 with a single run
	Runs      int     `json:"runs"`
}

func meanOf(values []float64) Mean {
	n := float64(len(values))
	m := Mean{Runs: len(values)}
	for _, v := range values {
		m.Mean += v / n
	}
	if len(values) < 2 {
		return m
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - m.Mean) * (v - m.Mean)
	}
	m.Deviation = math.Sqrt(squares / (n - 1))
	return m
}

// text writes the mean with a format like %.4f, and the deviation if there are
// several runs.
func (m Mean) text(format string) string {
	if m.Runs < 2 {
		return fmt.Sprintf(format, m.Mean)
	}
	return fmt.Sprintf(format+" ±%.4f", m.Mean, m.Deviation)
}
