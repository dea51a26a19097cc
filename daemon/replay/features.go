package replay

import "math"

// lanes is how many features are compared with one at a time.
const lanes = 4

// features holds a vector of length 1 for each slot whose member was seen, and
// zeros for the others.
type features struct {
	dim  int       // 0: none yet
	rows int       // a multiple of lanes
	data []float32 // [rows][dim]
}

// fit makes room for slots of them, each of dim values.
func (f *features) fit(slots, dim int) {
	f.dim = dim
	if slots <= f.rows {
		return
	}
	// Half as much again, since a buffer fills one by one.
	f.rows = (slots + slots/2 + lanes - 1) / lanes * lanes
	data := make([]float32, f.rows*dim)
	copy(data, f.data)
	f.data = data
}

func (f *features) row(slot int) []float32 { return f.data[slot*f.dim:][:f.dim] }

func (f *features) clear(slot int) {
	if slot < f.rows {
		clear(f.row(slot))
	}
}

// dots writes the cosines of a vector with len(dst) rows from first on; both
// are multiples of lanes. A pair gives the same bits wherever its rows are and
// whichever of the two is asked: decisions must not depend on the history.
func (f *features) dots(dst []float32, first int, v []float32) {
	n := len(v)
	for at := 0; at+lanes <= len(dst); at += lanes {
		rows := f.data[(first+at)*n:][:lanes*n]
		a, b, c, d := rows[:n], rows[n:2*n], rows[2*n:3*n], rows[3*n:]
		b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
		var sa, sb, sc, sd float32
		for i, x := range v[:len(a)] {
			// The conversions keep compilers from fusing, which some processors
			// round differently.
			sa += float32(x * a[i])
			sb += float32(x * b[i])
			sc += float32(x * c[i])
			sd += float32(x * d[i])
		}
		dst[at], dst[at+1], dst[at+2], dst[at+3] = sa, sb, sc, sd
	}
}

// normalize gives v length 1; false: it has no direction, and is as it was.
func normalize(v []float32) bool {
	var sum float64
	for _, x := range v {
		sum += float64(float64(x) * float64(x))
	}
	if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
		return false
	}
	norm := math.Sqrt(sum)
	for i, x := range v {
		v[i] = float32(float64(x) / norm)
	}
	return true
}
