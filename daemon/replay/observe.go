package replay

import (
	"fmt"
	"slices"
)

// Observe learns what a step of training made of the frames it learned from:
// they count as seen from now on. projections is [2N, D] with N = len(ids), as
// the trainer gives them: rows of length 1, of which i and N+i are the two
// views z1, z2 of ids[i]. The feature of a frame becomes
//
//	normalise(0.5 feature + 0.5 normalise(z1 + z2))
//
// and the first time normalise(z1 + z2), as in the code of Purushwalkam et al.
// (datasets/mysampler.py). An id may be repeated. One that has left meanwhile is
// ignored, and so are views without a common direction: values that are not
// finite, or z1 = -z2.
//
// A projection of another length than before is an error, as is a slice that
// does not fit the ids; nothing is changed then. An encoder with another
// projection head needs what the buffer knows forgotten: see Restore.
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

// learn averages a member's feature with a new one of length 1.
func (m *memory) learn(slot int, view []float32) {
	one, feature := &m.members[slot], m.features.row(slot)
	mean := make([]float32, len(view))
	for j, x := range view {
		mean[j] = 0.5*feature[j] + 0.5*x // exact but for the sum
	}
	if one.uses == 0 || !normalize(mean) { // the opposite of what was known: believe the new
		mean = view
	}
	copy(feature, mean)
	one.uses++
	one.drawn = -1
}
