package storage

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
)

// state is what is known of the store without looking through it. It is one
// record that every write transaction rewrites, so it always fits the rest.
type state struct {
	Counters
	Frames         int                  `json:"frames"` // in the store now
	LastFrame      FrameID              `json:"last_frame"`
	LastCheckpoint uint32               `json:"last_checkpoint"`
	LastChunk      uint64               `json:"last_chunk"`
	LastEvent      uint64               `json:"last_event"`
	Vectors        map[CheckpointID]int `json:"vectors"`
	Replay         int                  `json:"replay"` // pictures to learn from
	Age            ageClock             `json:"age"`
}

func putState(t txn) error {
	payload, err := json.Marshal(t.st)
	if err != nil {
		return err
	}
	return t.put(bucketMeta, keyState, payload)
}

func getState(t txn) (*state, error) {
	payload, err := t.get(bucketMeta, keyState)
	if err != nil {
		return nil, err
	}
	st := new(state)
	if err := json.Unmarshal(payload, st); err != nil {
		return nil, corrupt(bucketMeta, keyState, "%v", err)
	}
	if st.Reasons == nil {
		st.Reasons = map[string]uint64{}
	}
	if st.Vectors == nil {
		st.Vectors = map[CheckpointID]int{}
	}
	return st, nil
}

// pending are changes that are worth no transaction of their own. They wait in
// memory for the next write transaction.
type pending struct {
	counts      Counters              // to add; Reasons are unused
	replayDrops map[FrameID]bool      // frames whose picture to learn from is dropped
	sightings   map[FrameID]Sightings // all of a frame's, the stored ones included
}

func (p pending) empty() bool {
	return p.counts.Seen == 0 && len(p.replayDrops) == 0 && len(p.sightings) == 0
}

// apply makes pending changes part of a transaction.
func (t txn) apply(p pending) error {
	t.st.add(p.counts)
	for _, id := range slices.Sorted(maps.Keys(p.replayDrops)) {
		if err := t.dropReplay(id); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.sightings)) {
		if err := t.putSightings(id, p.sightings[id]); err != nil {
			return err
		}
	}
	return nil
}

// liveState is the committed state and what is pending. Together they are what
// readers see.
type liveState struct {
	mu        sync.Mutex
	committed *state
	pending   pending
}

// read calls fn with the committed state.
func (l *liveState) read(fn func(*state)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fn(l.committed)
}

// snapshot returns a copy of what is pending.
func (l *liveState) snapshot() pending {
	l.mu.Lock()
	defer l.mu.Unlock()
	return pending{l.pending.counts, maps.Clone(l.pending.replayDrops), maps.Clone(l.pending.sightings)}
}

// commit replaces the committed state by one that includes a snapshot. What came
// after the snapshot stays pending.
func (l *liveState) commit(st *state, included pending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.committed = st
	l.pending.counts.subtract(included.counts)
	for id := range included.replayDrops {
		delete(l.pending.replayDrops, id)
	}
	for id, all := range included.sightings {
		if l.pending.sightings[id] == all { // otherwise it was seen again meanwhile
			delete(l.pending.sightings, id)
		}
	}
}
