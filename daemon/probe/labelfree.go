package probe

import (
	"math"
)

// rounding is a mean squared distance that float32 vectors of the same direction
// can have by rounding alone.
const rounding = 1e-12

// squaredDistance is that of two vectors of length 1, from their cosine.
func squaredDistance(cosine float64) float64 { return max(0, 2-2*cosine) }

// spread is [Scores.Spread]. It also sets Outcome.Spread of each picture. Moved has
// a_i, the mean squared distance of picture i's views to its image. Gram [n][n] has
// the cosines of the images. With b_i, the mean squared distance of image i to all
// others, the score is R = A/B: the mean of a_i over the mean of b_i.
//
// The mean of a_i/b_i would be another number. So a picture contributes its
// pseudo-value, R plus its influence on R: a first-order (infinitesimal) jackknife
// (Efron 1982, chapter 6). Picture i is in B twice: in b_i, and in the b_j of all
// others. Hence 2b_i - B. The mean of the pseudo-values is R, and their standard
// deviation over sqrt(n) is its error.
func spread(each []Outcome, moved, gram []float64) float64 {
	n := len(each)
	apart := make([]float64, n)
	var views, images float64
	for i := range apart {
		for j, cosine := range gram[i*n:][:n] {
			if j != i {
				apart[i] += squaredDistance(cosine) / float64(n-1)
			}
		}
		views += moved[i] / float64(n)
		images += apart[i] / float64(n)
	}
	if images < rounding {
		for i := range each {
			each[i].Spread = 1
		}
		return 1
	}
	ratio := views / images
	for i := range each {
		each[i].Spread = ratio + (moved[i]-ratio*(2*apart[i]-images))/images
	}
	return ratio
}

// rankMe is [Scores.RankMe]. The singular values are the roots of the eigenvalues
// of the Gram matrix of the vectors, [n][n]. The Gram matrix of the dimensions,
// [dim][dim], has the same eigenvalues above 0. The smaller matrix is used. The
// paper adds 1e-7 to each p. Here 0 log 0 is 0, which keeps a rank of 1 at 1.
func rankMe(r rows, gram []float64) float64 {
	n := r.n
	a := append([]float64(nil), gram...)
	if r.dim < n {
		n, a = r.dim, r.dimensions()
	}
	values := eigenvalues(a, n)
	var largest, sum float64
	for _, v := range values {
		largest = max(largest, v)
	}
	// A smaller eigenvalue is only rounding.
	floor := largest * float64(max(r.n, r.dim)) * 0x1p-52
	for _, v := range values {
		if v > floor {
			sum += math.Sqrt(v)
		}
	}
	var entropy float64
	for _, v := range values {
		if v > floor {
			p := math.Sqrt(v) / sum
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy)
}

// dimensions is the Gram matrix of the dimensions, [dim][dim], of the vectors scaled
// to length 1.
func (r rows) dimensions() []float64 {
	columns := make([]float64, len(r.values))
	for i := range r.n {
		for j, value := range r.values[i*r.dim:][:r.dim] {
			columns[j*r.n+i] = value / r.norms[i]
		}
	}
	a := make([]float64, r.dim*r.dim)
	products(a, columns, columns, r.n)
	return a
}

// deviation is [Scores.Deviation].
func deviation(r rows) float64 {
	var sum float64
	for j := range r.dim {
		var mean, squares float64
		for i := range r.n {
			mean += r.values[i*r.dim+j] / r.norms[i] / float64(r.n)
		}
		for i := range r.n {
			off := r.values[i*r.dim+j]/r.norms[i] - mean
			squares += off * off
		}
		sum += math.Sqrt(squares / float64(r.n-1))
	}
	return sum / math.Sqrt(float64(r.dim)) // the mean over the dimensions, times sqrt(dim)
}

// measureTemporal sets [Scores.Temporal], TemporalPictures and TemporalEach.
func (s *Scores) measureTemporal(gram []float64, pairs [][2]int) {
	partners := make(map[int]map[int]bool, 2*len(pairs))
	add := func(i, j int) {
		if partners[i] == nil {
			partners[i] = map[int]bool{}
		}
		partners[i][j] = true
	}
	for _, p := range pairs {
		add(p[0], p[1])
		add(p[1], p[0])
	}
	for i := range s.Pictures {
		if partners[i] == nil {
			continue
		}
		partner, other := math.Inf(-1), math.Inf(-1)
		for j, similarity := range gram[i*s.Pictures:][:s.Pictures] {
			switch {
			case partners[i][j]:
				partner = max(partner, similarity)
			case j != i:
				other = max(other, similarity)
			}
		}
		hit := 0.0
		if partner > other {
			hit = 1
		}
		s.TemporalEach = append(s.TemporalEach, hit)
		s.Temporal += hit
	}
	s.TemporalPictures = len(s.TemporalEach)
	s.Temporal /= float64(max(1, s.TemporalPictures))
}
