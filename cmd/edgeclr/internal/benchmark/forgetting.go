package benchmark

// Forgetting follows the classes that came first, a third of all: the mean of
// their top-1.
type Forgetting struct {
	Classes    int     `json:"classes"`
	Pretrained float64 `json:"pretrained"` // before any frame
	Seen       float64 `json:"seen"`       // of each class, at the first examination when it had been seen
	End        float64 `json:"end"`        // when all had been seen
	Change     float64 `json:"change"`     // end - seen: below 0, the classes were forgotten
}

// forgetting of a run whose classes end behind so many frames.
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
