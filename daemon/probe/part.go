package probe

import "math"

// Part compares one number of two encoders.
type Part struct {
	Name      string  `json:"name"`
	Serving   float64 `json:"serving"`
	Candidate float64 `json:"candidate"`
	Gain      float64 `json:"gain"`  // above 0 if the candidate is better
	Error     float64 `json:"error"` // standard error of Gain
	// Z is the gain in standard errors, with a correction towards 0: see newPart.
	Z     float64 `json:"z"`
	Finds Finding `json:"finds"`
}

// Finding says what a Part means under the Rule.
type Finding string

// The findings. Same also means that the difference may be noise.
const (
	Better Finding = "better"
	Same   Finding = "same"
	Worse  Finding = "worse"
)

// newPart tests the gains of single pictures. If the encoders were equally good, each
// gain would have either sign with the same chance, and the variance of the sum would
// be the sum of the squares. So the test estimates no variance about the mean, and
// gains that are equal for all pictures cause no division by zero. The largest gain is
// subtracted from the sum, so that no single picture decides. For hits and misses this
// is McNemar's test with the correction for continuity (Edwards 1948): |b-c|-1 over
// sqrt(b+c).
func newPart(name string, serving, candidate float64, gains []float64, r Rule) Part {
	var sum, squares, most float64
	for _, g := range gains {
		sum += g
		squares += g * g
		most = max(most, math.Abs(g))
	}
	p := Part{Name: name, Serving: serving, Candidate: candidate, Finds: Same}
	if squares == 0 {
		return p
	}
	p.Gain, p.Error = sum/float64(len(gains)), math.Sqrt(squares)/float64(len(gains))
	p.Z = math.Copysign(max(0, math.Abs(sum)-most)/math.Sqrt(squares), sum)
	switch {
	case p.Z >= r.Better:
		p.Finds = Better
	case p.Z <= -r.Worse:
		p.Finds = Worse
	}
	return p
}

// column is one number that is tested picture by picture.
type column struct {
	name               string
	weight             float64 // in the sum that decides; below 0: lower is better
	slack              float64 // if above 0: a larger loss is worse, however few the pictures are, and a smaller loss does not count
	serving, candidate float64
	each               func(i int) (serving, candidate float64)
}

// compare tests n pictures column by column. Its second result is the test of the
// weighted sum of the columns.
func compare(n int, columns []column, r Rule) ([]Part, Part) {
	together := make([]float64, n)
	gains := make([]float64, n)
	var parts []Part
	var before, after float64
	for _, c := range columns {
		sign := math.Copysign(1, c.weight)
		for i := range gains {
			serving, candidate := c.each(i)
			gains[i] = sign * (candidate - serving)
			together[i] += c.weight * (candidate - serving)
		}
		p := newPart(c.name, c.serving, c.candidate, gains, r)
		switch {
		case c.slack > 0 && p.Gain < -c.slack:
			p.Finds = Worse
		case c.slack > 0 && p.Finds == Worse:
			p.Finds = Same
		}
		parts = append(parts, p)
		before, after = before+c.weight*c.serving, after+c.weight*c.candidate
	}
	return parts, newPart("together", before, after, together, r)
}
