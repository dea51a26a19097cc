package storage

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"
)

// Counters count frames since the store was made. Seen is the sum of the others.
type Counters struct {
	Seen        uint64            `json:"seen"`
	Stored      uint64            `json:"stored"`
	Gated       uint64            `json:"gated"`                 // left out as near-duplicates
	Dropped     uint64            `json:"dropped"`               // the camera outran the board
	Untriggered uint64            `json:"untriggered,omitempty"` // came while the trigger was at rest
	Failed      uint64            `json:"failed"`                // could not be read or decoded
	Reasons     map[string]uint64 `json:"reasons,omitempty"`     // of Failed
}

// Count is a counter for Store.AddCount.
type Count int

// What Store.AddCount counts.
const (
	Gated Count = iota
	Dropped
	Untriggered
)

func (c *Counters) add(o Counters) {
	c.Seen += o.Seen
	c.Stored += o.Stored
	c.Gated += o.Gated
	c.Dropped += o.Dropped
	c.Untriggered += o.Untriggered
	c.Failed += o.Failed
}

// state is what is known of the store without looking through it. It is one
// record, rewritten in each write transaction, so that it always fits the rest.
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

// ageClock is what retention by age knows of the wall clock.
type ageClock struct {
	Last   time.Time `json:"last"`   // when retention last looked
	Jumped time.Time `json:"jumped"` // when the clock was found far ahead of Last; zero: trusted
	Budget int       `json:"budget"` // frames that may still go while it is not trusted
}

// stateBox holds the committed state and what waits for the next commit.
type stateBox struct {
	mu       sync.Mutex
	current  *state
	pending  Counters         // Reasons unused
	dropping map[FrameID]bool // pictures to learn from that are to be dropped

	sightings map[FrameID]Sightings // all of a frame's, the stored ones included
}

// waiting returns what the next commit is to include; the frames ascend.
func (b *stateBox) waiting() waiting {
	b.mu.Lock()
	defer b.mu.Unlock()
	return waiting{b.pending, slices.Sorted(maps.Keys(b.dropping)), maps.Clone(b.sightings)}
}

// commit makes st current; what it includes no longer waits.
func (b *stateBox) commit(st *state, included waiting) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.current = st
	b.pending.Seen -= included.counts.Seen
	b.pending.Gated -= included.counts.Gated
	b.pending.Dropped -= included.counts.Dropped
	b.pending.Untriggered -= included.counts.Untriggered
	for _, id := range included.dropping {
		delete(b.dropping, id)
	}
	for id, all := range included.sightings {
		if b.sightings[id] == all { // else it was seen again meanwhile
			delete(b.sightings, id)
		}
	}
}

// read calls fn with the committed state.
func (b *stateBox) read(fn func(*state)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fn(b.current)
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
