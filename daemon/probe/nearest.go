package probe

// topTen is how many neighbours a person looks at.
const topTen = 10

// neighbours is how many nearest of n pictures are compared: with more than
// half of the others in each list, lists at random agree too.
func neighbours(n int) int { return min(topTen, max(1, (n-1)/2)) }

// nearest fills near with the indices of largest similarity, the largest
// first, without self. Equal ones are ordered by smaller index, or, backwards,
// by larger: two lists of which one is backwards agree on nothing by mere
// order. There must be more than len(near) similarities.
func nearest(near []int, similarities []float64, self int, backwards bool) {
	held := 0
	for at := range similarities {
		j := at
		if backwards {
			j = len(similarities) - 1 - at
		}
		if j == self || held == len(near) && similarities[j] <= similarities[near[held-1]] {
			continue
		}
		held = min(held+1, len(near))
		rank := held - 1
		for ; rank > 0 && similarities[near[rank-1]] < similarities[j]; rank-- {
			near[rank] = near[rank-1]
		}
		near[rank] = j
	}
}

// overlap is the share of a that is in b as well.
func overlap(a, b []int) float64 {
	shared := 0
	for _, i := range a {
		for _, j := range b {
			if i == j {
				shared++
			}
		}
	}
	return float64(shared) / float64(len(a))
}

// above tells whether similarity i is larger than all others: a tie is lost.
func above(similarities []float64, i int) bool {
	for j, s := range similarities {
		if j != i && s >= similarities[i] {
			return false
		}
	}
	return true
}
