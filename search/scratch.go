package search

// scratch is the memory of one search.
type scratch struct {
	query      []float32 // of length 1, padded
	codes      []int16   // of the query
	codeDots   []int32   // of one block
	dot        [1]float32
	candidates []candidate
	best       topK
}

// candidate is a vector that may be among the k.
type candidate struct {
	row   int     // counted through all blocks
	upper float32 // its similarity is at most this
}

func newScratch(stride int) *scratch {
	return &scratch{
		query:    make([]float32, stride),
		codes:    make([]int16, stride),
		codeDots: make([]int32, blockRows),
	}
}

// bounds says how far the similarity of a vector may be from what its codes
// give: at most norm*residual + slack, where residual is the vector's.
type bounds struct {
	scale, norm, slack float32
}

// float32 arithmetic rounds by at most this share.
const roundoff = 1.0 / (1 << 24)

// sumError bounds the error of a kernel's float32 dot product of two vectors
// of length 1: every partial sum takes at most dim/leastSums products, and 8 more
// roundings join the sums (Higham 2002, "Accuracy and Stability of Numerical
// Algorithms", 3.1).
func sumError(dim int) float64 { return 1.01 * float64(dim/leastSums+8) * roundoff }

// bounds writes the query's codes. Let m be the center of a block, x = m + ŷ +
// s and q = q̂ + r, where ŷ and q̂ are what the codes hold. Then
//
//	q·x = q·m + q̂·ŷ + r·ŷ + q·s,  |q·s| <= |q||s|,  |r·ŷ| <= |r|(|x| + |m| + |s|)
//
// of which q·m and q̂·ŷ are computed. |q|, |x| and |m| exceed 1 by at most
// unitTolerance. The float32 sums of q·m and q·x round, as do the few
// operations on the bounds themselves: 16, on numbers up to 2.
func (s *scratch) bounds() bounds {
	scale, residual := quantizeQuery(s.codes, s.query)
	return bounds{
		scale: scale,
		norm:  1 + 2*unitTolerance + residual,
		slack: roundedUp(float64(residual)*(2+4*unitTolerance) + 2*sumError(len(s.query)) + 32*roundoff),
	}
}
