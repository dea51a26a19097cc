package probe

// nothing is a mean squared distance that float32 vectors of one and the same
// direction can have by rounding alone.
const nothing = 1e-12

// squaredDistance of two vectors of length 1.
func squaredDistance(cosine float64) float64 { return max(0, 2-2*cosine) }

// spread is [Scores.Spread]; it sets that of each picture. Moved has the mean
// squared distance of each picture's views to its image, a_i; with b_i, that of
// its image to all others, the score is R = A/B, the mean of one over the mean
// of the other.
//
// The mean of a_i/b_i would be another number, so what a picture contributes is
// its pseudo-value: R plus its influence on R, a first-order (infinitesimal)
// jackknife (Efron 1982, chapter 6). A picture is in B twice, once for
// itself and once as the other of all others, hence 2b_i - B. The mean of the
// pseudo-values is R, and their standard deviation over sqrt(n) its error.
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
	if images < nothing {
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
