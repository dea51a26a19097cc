package fixedcamera

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Nearest is how many nearest frames are compared with a frame.
const Nearest = 10

// ErrTooShort is returned for a clip in which a frame has fewer than [Nearest] frames of
// other moments.
var ErrTooShort = errors.New("the clip is too short")

// moments tells which frames are of other moments.
type moments struct {
	times []time.Duration // ascending
	apart time.Duration
}

// others calls use with the frames of other moments than that of frame i.
func (m moments) others(i int, use func(j int)) {
	for j, t := range m.times {
		if d := t - m.times[i]; d >= m.apart || -d >= m.apart {
			use(j)
		}
	}
}

// check returns an error that matches ErrTooShort if a frame has too few others.
func (m moments) check() error {
	for i := range m.times {
		n := 0
		m.others(i, func(int) { n++ })
		if n < Nearest {
			return fmt.Errorf("%w: the frame at %v has %d frames of other moments, at least %v away, and %d are needed; "+
				"give a longer clip, or a shorter --apart", ErrTooShort, m.times[i].Round(time.Millisecond), n, m.apart, Nearest)
		}
	}
	return nil
}

// similarity holds how alike any two of n frames are.
type similarity struct {
	n      int
	values []float32 // n rows of n
}

// at is how alike two frames are; larger is more.
func (s similarity) at(i, j int) float32 { return s.values[i*s.n+j] }

// similarityOf fills the matrix with a symmetric function.
func similarityOf(ctx context.Context, n int, of func(i, j int) float32) (similarity, error) {
	s := similarity{n, make([]float32, n*n)}
	for i := range n {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		for j := range i + 1 {
			v := of(i, j)
			s.values[i*n+j], s.values[j*n+i] = v, v
		}
	}
	return s, nil
}

// cosines are the similarities of vectors of length 1.
func cosines(ctx context.Context, vectors [][]float32) (similarity, error) {
	return similarityOf(ctx, len(vectors), func(i, j int) float32 { return dot(vectors[i], vectors[j]) })
}

// dot is the dot product of two vectors of the same length.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32 // independent sums, which the processor adds side by side
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i, v := range a {
		s0 += v * b[i]
	}
	return s0 + s1 + s2 + s3
}

// mixed is the similarity of a join: the weighted mean of two similarities. Share is the
// weight of b.
func mixed(a, b similarity, share float64) similarity {
	s := similarity{a.n, make([]float32, len(a.values))}
	for i, v := range a.values {
		s.values[i] = float32((1-share)*float64(v) + share*float64(b.values[i]))
	}
	return s
}

// nearest returns the nearest frames of other moments, the nearest first. Of equally
// alike frames the first in time comes first.
func (s similarity) nearest(m moments, i int) []int {
	var near []int
	m.others(i, func(j int) {
		if len(near) == Nearest && s.at(i, j) <= s.at(i, near[Nearest-1]) {
			return
		}
		if len(near) == Nearest {
			near = near[:Nearest-1]
		}
		place, _ := slices.BinarySearchFunc(near, j, func(a, b int) int {
			return cmp.Or(cmp.Compare(s.at(i, b), s.at(i, a)), cmp.Compare(a, b))
		})
		near = slices.Insert(near, place, j)
	})
	return near
}

// Names of the errors that every clip with grids has.
const (
	ErrorOverlap = "overlap" // 1 - the mean overlap with the nearest frames
	ErrorArea    = "area"    // difference to the mean area of the nearest frames, share of the picture
)

// Errors are the errors of an encoder, by name, then by frame.
type Errors map[string][]float64

// means returns the mean over the frames of each error.
func (e Errors) means() map[string]float64 {
	means := map[string]float64{}
	for name, values := range e {
		sum := 0.0
		for _, v := range values {
			sum += v
		}
		means[name] = sum / float64(len(values))
	}
	return means
}

// errorNames lists the errors that the truth allows to measure, the main one first: the
// numbers that a person gave, then the foreground, then other numbers.
func (t *Truth) errorNames() []string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	if t.Grids != nil {
		names = slices.Insert(names, t.given, ErrorOverlap, ErrorArea)
	}
	return names
}

// score computes the errors of the similarities.
func (t *Truth) score(ctx context.Context, m moments, s similarity) (Errors, error) {
	e := Errors{}
	for i := range m.times {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t.compare(e, i, s.nearest(m, i))
	}
	return e, nil
}

// compare appends the errors of one frame to e: how far it is from some others in truth.
func (t *Truth) compare(e Errors, i int, others []int) {
	n := float64(len(others))
	if t.Grids != nil {
		overlap, area := 0.0, 0.0
		for _, j := range others {
			overlap += Overlap(&t.Grids[i], &t.Grids[j]) / n
			area += t.Grids[j].Area() / n
		}
		e[ErrorOverlap] = append(e[ErrorOverlap], 1-overlap)
		e[ErrorArea] = append(e[ErrorArea], math.Abs(t.Grids[i].Area()-area))
	}
	for _, c := range t.Columns {
		mean := 0.0
		for _, j := range others {
			mean += c.Values[j] / n
		}
		e[c.Name] = append(e[c.Name], math.Abs(c.Values[i]-mean))
	}
}

// guesses is how often guess draws frames.
const guesses = 20

// guess returns the errors of ten random frames of other moments, the mean of several
// draws.
func (t *Truth) guess(m moments) Errors {
	random := rand.New(rand.NewPCG(1, 2))
	total := Errors{}
	for range guesses {
		e := Errors{}
		for i := range m.times {
			var all []int
			m.others(i, func(j int) { all = append(all, j) })
			drawn := make([]int, Nearest)
			for k := range drawn { // without putting back: the first ones of a shuffle
				r := k + random.IntN(len(all)-k)
				all[k], all[r] = all[r], all[k]
				drawn[k] = all[k]
			}
			t.compare(e, i, drawn)
		}
		for name, values := range e {
			if total[name] == nil {
				total[name] = make([]float64, len(values))
			}
			for i, v := range values {
				total[name][i] += v / guesses
			}
		}
	}
	return total
}

// best returns the errors of the frames that are nearest in truth: no encoder can have a
// smaller error of overlap. Without grids the first column decides.
func (t *Truth) best(ctx context.Context, m moments) (Errors, error) {
	s, err := similarityOf(ctx, len(m.times), func(i, j int) float32 {
		if t.Grids != nil {
			return float32(Overlap(&t.Grids[i], &t.Grids[j]))
		}
		values := t.Columns[0].Values
		return -float32(math.Abs(values[i] - values[j]))
	})
	if err != nil {
		return nil, err
	}
	return t.score(ctx, m, s)
}
