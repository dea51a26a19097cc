package storage

import (
	"maps"
	"slices"
)

// waiting is what the next write transaction carries out besides its own work:
// things that are worth no transaction of their own.
type waiting struct {
	counts    Counters // Reasons unused
	dropping  []FrameID
	sightings map[FrameID]Sightings // all of a frame's, the stored ones included
}

func (w waiting) none() bool {
	return w.counts.Seen == 0 && len(w.dropping) == 0 && len(w.sightings) == 0
}

// carryOut makes what waits part of a transaction.
func (s *Store) carryOut(t txn, w waiting) error {
	t.st.add(w.counts)
	for _, id := range w.dropping {
		if err := t.dropReplay(id); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.sightings)) {
		if err := t.putSightings(id, w.sightings[id]); err != nil {
			return err
		}
	}
	return nil
}
