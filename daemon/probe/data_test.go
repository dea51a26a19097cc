package probe

import (
	"math"
	"math/rand/v2"
	"sort"
)

func gaussian(rng *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

// moved returns v with added noise of a given standard deviation.
func moved(rng *rand.Rand, v []float32, noise float64) []float32 {
	out := make([]float32, len(v))
	for i := range v {
		out[i] = v[i] + float32(noise*rng.NormFloat64())
	}
	return out
}

// world is pictures in groups, with views of them.
func world(rng *rand.Rand, n, views, dim, groups int, noise float64) (images, ofViews [][]float32) {
	centres := make([][]float32, groups)
	for i := range centres {
		centres[i] = gaussian(rng, dim)
	}
	for range n {
		images = append(images, moved(rng, centres[rng.IntN(groups)], 0.5))
	}
	return images, viewsOf(rng, images, views, noise)
}

func viewsOf(rng *rand.Rand, images [][]float32, views int, noise float64) (out [][]float32) {
	for _, v := range images {
		for range views {
			out = append(out, moved(rng, v, noise))
		}
	}
	return out
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / (math.Sqrt(aa) * math.Sqrt(bb))
}

func unit(v []float32) []float64 {
	var squares float64
	for _, x := range v {
		squares += float64(x) * float64(x)
	}
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x) / math.Sqrt(squares)
	}
	return out
}

func squaredBetween(a, b []float32) (sum float64) {
	p, q := unit(a), unit(b)
	for i := range p {
		sum += (p[i] - q[i]) * (p[i] - q[i])
	}
	return sum
}

// ranked returns all indices except self, the most similar to v first. Equal ones are
// ordered by index times direction.
func ranked(v []float32, all [][]float32, self, direction int) (order []int) {
	for j := range all {
		if j != self {
			order = append(order, j)
		}
	}
	sort.Slice(order, func(a, b int) bool {
		x, y := cosine(v, all[order[a]]), cosine(v, all[order[b]])
		return x > y || x == y && direction*order[a] < direction*order[b]
	})
	return order
}

// bruteForce computes the scores that compare pictures from their definitions, one by
// one.
func bruteForce(images, views [][]float32, pairs [][2]int) Scores {
	n, v := len(images), len(views)/len(images)
	s := Scores{Pictures: n, Views: v, Neighbours: min(10, (n-1)/2)}
	if s.Neighbours == 0 {
		s.Neighbours = 1
	}
	var toImages, between float64
	for i := range images {
		mine := map[int]bool{}
		for _, j := range ranked(images[i], images, i, 1)[:s.Neighbours] {
			mine[j] = true
		}
		for _, view := range views[i*v : i*v+v] {
			others := ranked(view, images, i, -1)
			if cosine(view, images[i]) > cosine(view, images[others[0]]) {
				s.ViewRetrieval++
			}
			for _, j := range others[:s.Neighbours] {
				if mine[j] {
					s.NeighbourSurvival++
				}
			}
			toImages += squaredBetween(view, images[i])
		}
		for j := range images {
			between += squaredBetween(images[i], images[j])
		}
	}
	s.ViewRetrieval /= float64(n * v)
	s.NeighbourSurvival /= float64(n * v * s.Neighbours)
	s.Spread = toImages / float64(n*v) / (between / float64(n*(n-1)))
	for i := range images {
		best, tie, paired, hit := math.Inf(-1), false, false, false
		for j := range images {
			if j == i {
				continue
			}
			partner := false
			for _, p := range pairs {
				partner = partner || p == [2]int{i, j} || p == [2]int{j, i}
			}
			paired = paired || partner
			switch c := cosine(images[i], images[j]); {
			case c > best:
				best, hit, tie = c, partner, false
			case c == best && partner != hit:
				tie = true
			}
		}
		if paired {
			s.TemporalPictures++
			if hit && !tie {
				s.Temporal++
			}
		}
	}
	if s.TemporalPictures > 0 {
		s.Temporal /= float64(s.TemporalPictures)
	}
	return s
}

// deviationOf is lightly's std_of_l2_normalized times sqrt(dim).
func deviationOf(vectors [][]float32) (sum float64) {
	dim := len(vectors[0])
	for j := range dim {
		var mean, squares float64
		for _, v := range vectors {
			mean += unit(v)[j]
		}
		mean /= float64(len(vectors))
		for _, v := range vectors {
			squares += math.Pow(unit(v)[j]-mean, 2)
		}
		sum += math.Sqrt(squares / float64(len(vectors)-1))
	}
	return sum / float64(dim) * math.Sqrt(float64(dim))
}

// jacobi computes the eigenvalues of a symmetric matrix by rotations (Golub and Van
// Loan, section 8.5). It is slow and uses another method than the package.
func jacobi(a [][]float64) []float64 {
	n := len(a)
	for range 30 {
		for p := range n {
			for q := p + 1; q < n; q++ {
				if a[p][q] == 0 {
					continue
				}
				angle := 0.5 * math.Atan2(2*a[p][q], a[q][q]-a[p][p])
				sin, cos := math.Sincos(angle)
				for k := range n {
					a[k][p], a[k][q] = cos*a[k][p]-sin*a[k][q], sin*a[k][p]+cos*a[k][q]
				}
				for k := range n {
					a[p][k], a[q][k] = cos*a[p][k]-sin*a[q][k], sin*a[p][k]+cos*a[q][k]
				}
			}
		}
	}
	values := make([]float64, n)
	for i := range a {
		values[i] = a[i][i]
	}
	return values
}

// rankMeOf follows the definition, with the Gram matrix of all vectors.
func rankMeOf(vectors [][]float32) float64 {
	a := make([][]float64, len(vectors))
	for i := range a {
		a[i] = make([]float64, len(vectors))
		for j := range a[i] {
			a[i][j] = cosine(vectors[i], vectors[j])
		}
	}
	var sum, entropy float64
	values := jacobi(a)
	for i, v := range values {
		values[i] = math.Sqrt(max(0, v))
		sum += values[i]
	}
	for _, v := range values {
		if p := v / sum; p > 0 {
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy)
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }
