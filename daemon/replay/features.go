package replay

import (
	"fmt"
	"math"
	"slices"
)

// lanes is how many rows dots compares with a vector at a time.
const lanes = 4

// features holds a feature, a vector of length 1, for each slot whose member was seen,
// and zeros for the other slots.
type features struct {
	dim  int       // 0: none yet
	rows int       // a multiple of lanes
	data []float32 // [rows][dim]
}

// fit makes room for that many slots, each of dim values.
func (f *features) fit(slots, dim int) {
	f.dim = dim
	if slots <= f.rows {
		return
	}
	// Half as much again, since a buffer fills one by one and growing copies.
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

// dots writes to dst the cosines of a vector with the rows from first to
// first+len(dst)-1. First and len(dst) are multiples of lanes. The cosine of two
// features has the same bits in every pair of rows and in either order, so that
// decisions do not depend on the history.
func (f *features) dots(dst []float32, first int, v []float32) {
	n := len(v)
	for at := 0; at+lanes <= len(dst); at += lanes {
		rows := f.data[(first+at)*n:][:lanes*n]
		a, b, c, d := rows[:n], rows[n:2*n], rows[2*n:3*n], rows[3*n:]
		b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
		var sa, sb, sc, sd float32
		for i, x := range v[:len(a)] {
			// The conversions keep the compiler from fusing multiplication and
			// addition, which some processors round differently.
			sa += float32(x * a[i])
			sb += float32(x * b[i])
			sc += float32(x * c[i])
			sd += float32(x * d[i])
		}
		dst[at], dst[at+1], dst[at+2], dst[at+3] = sa, sb, sc, sd
	}
}

// normalize scales v to length 1. It returns false and does not change v when v is zero
// or not finite.
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

// Observe takes in the projections of the frames that a step learned from. These
// frames count as seen from now on. Projections is [2N, D] with N = len(ids), in rows
// of length 1. Rows i and N+i are the two views z1 and z2 of ids[i]. The feature of a
// frame becomes
//
//	normalise(0.5 feature + 0.5 normalise(z1 + z2))
//
// and the first time normalise(z1 + z2), as in the code of Purushwalkam et al.
// (datasets/mysampler.py). An id may be repeated. Observe ignores ids that are no
// members any more, and views whose sum has no direction: values that are not finite,
// or z1 = -z2.
//
// It is an error when D differs from earlier calls, or when the slice does not fit the
// ids. Then Observe changes nothing. When the encoder gets another projection head, the
// caller must make the buffer forget its features: see Restore.
func (b *Buffer) Observe(ids []uint64, projections []float32) error {
	if len(ids) == 0 && len(projections) == 0 {
		return nil
	}
	n := len(ids)
	if n == 0 || len(projections) == 0 || len(projections)%(2*n) != 0 {
		return fmt.Errorf("replay: %d values of projections for two views of %d frames", len(projections), n)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	m := &b.memory
	dim := len(projections) / (2 * n)
	if m.features.dim != 0 && m.features.dim != dim {
		return fmt.Errorf("replay: projections of %d values, and before of %d", dim, m.features.dim)
	}
	m.features.fit(len(m.members), dim)
	view := make([]float32, dim)
	changed := make([]int, 0, n)
	for i, id := range ids {
		slot, ok := m.slot(id)
		if !ok {
			continue
		}
		for j := range view {
			view[j] = projections[i*dim+j] + projections[(n+i)*dim+j]
		}
		if normalize(view) {
			m.learn(slot, view)
			changed = append(changed, slot)
		}
	}
	slices.Sort(changed)
	b.policy.changed(slices.Compact(changed))
	return nil
}

// learn averages the feature of a member with a new one of length 1.
func (m *memory) learn(slot int, view []float32) {
	one, feature := &m.members[slot], m.features.row(slot)
	mean := make([]float32, len(view))
	for j, x := range view {
		mean[j] = 0.5*feature[j] + 0.5*x // only the sum rounds
	}
	if one.uses == 0 || !normalize(mean) { // no old one, or the new one is its opposite: take the new one
		mean = view
	}
	copy(feature, mean)
	one.uses++
	one.drawn = -1
}
