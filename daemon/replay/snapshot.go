package replay

import (
	"fmt"
	"math"
	"slices"
)

// Meta is the state of a buffer, except its members and their features. As JSON, it
// takes about 20 bytes for each member.
type Meta struct {
	Policy  string `json:"policy"`  // of the buffer; a buffer with another policy can be restored from it too
	Arrived uint64 `json:"arrived"` // frames ever added; with the seed, the whole random state of reservoir
	Dim     int    `json:"dim"`     // values of a feature; 0: none yet

	Seen []uint64 `json:"seen"` // ids of the members that were learned from, ascending
	Uses []int    `json:"uses"` // how often each was, in the order of Seen

	Drawn []uint64 `json:"drawn"` // ids that were drawn and not yet learned from, ascending
	Steps []int    `json:"steps"` // the step that drew each, in the order of Drawn
}

// Snapshot returns the state and the features for Restore. The features are
// [len(Meta.Seen)][Meta.Dim], in rows of length 1. It must be taken together with the
// learner's state, after the Observe of its last step.
func (b *Buffer) Snapshot() (Meta, []float32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := &b.memory
	meta := Meta{Policy: b.opt.Policy, Arrived: m.arrived, Dim: m.features.dim}
	var features []float32
	for _, slot := range m.order {
		switch one := m.members[slot]; {
		case m.seen(slot):
			meta.Seen, meta.Uses = append(meta.Seen, one.ID), append(meta.Uses, one.uses)
			features = append(features, m.features.row(slot)...)
		case one.drawn >= 0:
			meta.Drawn, meta.Steps = append(meta.Drawn, one.ID), append(meta.Steps, one.drawn)
		}
	}
	return meta, features
}

// Restore replaces the members by these entries, with the history and features that a
// Snapshot has of them. Entries that are not in the snapshot are fresh. Restore ignores
// ids of the snapshot that are not among the entries. There may be more entries than
// the capacity, when it was lowered or when the process crashed before the store
// dropped some. Trim or the next Add removes them.
//
// A malformed snapshot is an error, and then all entries are fresh. Meta{} and nil are
// well-formed and make all entries fresh, as a new projection head needs.
func (b *Buffer) Restore(entries []Entry, meta Meta, features []float32) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := &b.memory
	*m = memory{}
	for _, e := range entries {
		m.insert(e)
	}
	err := meta.validate(features)
	if err == nil {
		m.recall(meta, features)
	}
	// The snapshot does not count frames that came after it. Members are counted.
	m.arrived = max(m.arrived, uint64(len(m.order)))
	b.policy.reset()
	return err
}

// recall sets the history and the features of the members from a valid snapshot.
func (m *memory) recall(meta Meta, features []float32) {
	m.arrived = meta.Arrived
	if len(meta.Seen) > 0 { // without features, any length may come
		m.features.fit(len(m.members), meta.Dim)
	}
	for i, id := range meta.Seen {
		if slot, ok := m.slot(id); ok {
			m.members[slot].uses = meta.Uses[i]
			copy(m.features.row(slot), features[i*meta.Dim:])
		}
	}
	for i, id := range meta.Drawn {
		if slot, ok := m.slot(id); ok {
			m.members[slot].drawn = meta.Steps[i]
		}
	}
}

// validate returns an error for a state that Snapshot cannot have written.
func (s Meta) validate(features []float32) error {
	_, known := policies()[s.Policy]
	switch {
	case s.Policy != "" && !known:
		return fmt.Errorf("replay state: policy %.40q is not known", s.Policy)
	case s.Dim < 0 || s.Dim == 0 && len(s.Seen) > 0:
		return fmt.Errorf("replay state: features of %d values", s.Dim)
	case len(s.Uses) != len(s.Seen) || len(s.Steps) != len(s.Drawn):
		return fmt.Errorf("replay state: %d counts of %d frames, %d steps of %d", len(s.Uses), len(s.Seen), len(s.Steps), len(s.Drawn))
	case s.Dim > 0 && (len(features)%s.Dim != 0 || len(features)/s.Dim != len(s.Seen)), s.Dim == 0 && len(features) > 0:
		return fmt.Errorf("replay state: %d values for %d features of %d", len(features), len(s.Seen), s.Dim)
	case !ascending(s.Seen) || !ascending(s.Drawn):
		return fmt.Errorf("replay state: the ids do not ascend")
	}
	for i, uses := range s.Uses {
		if uses < 1 {
			return fmt.Errorf("replay state: frame %d was learned from %d times", s.Seen[i], uses)
		}
	}
	for i, step := range s.Steps {
		_, both := slices.BinarySearch(s.Seen, s.Drawn[i])
		if step < 0 || both {
			return fmt.Errorf("replay state: frame %d was drawn by step %d", s.Drawn[i], step)
		}
	}
	for i := range s.Seen {
		if !unit(features[i*s.Dim:][:s.Dim]) {
			return fmt.Errorf("replay state: the feature of frame %d does not have length 1", s.Seen[i])
		}
	}
	return nil
}

func ascending(ids []uint64) bool {
	for i := 1; i < len(ids); i++ {
		if ids[i] <= ids[i-1] {
			return false
		}
	}
	return true
}

// unit tells whether a vector has length 1, up to the rounding of float32.
func unit(v []float32) bool {
	var sum float64
	for _, x := range v {
		sum += float64(float64(x) * float64(x))
	}
	return math.Abs(sum-1) < 1e-3
}
