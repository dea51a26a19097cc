package storage

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"

	"go.etcd.io/bbolt"
)

// state holds the counts of a store and the last numbers given, so that no call has
// to read the whole store for them. It is one record that every write transaction
// rewrites, so it always agrees with the rest.
type state struct {
	Counters
	Frames         int                  `json:"frames"` // in the store now
	LastFrame      FrameID              `json:"last_frame"`
	LastCheckpoint uint32               `json:"last_checkpoint"`
	LastChunk      uint64               `json:"last_chunk"`
	LastEvent      uint64               `json:"last_event"`
	LastEncoder    uint32               `json:"last_encoder,omitempty"`
	Vectors        map[CheckpointID]int `json:"vectors"`    // rows of bucketVectors
	Embeddings     map[uint32]int       `json:"embeddings"` // rows of bucketEmbeddings
	Replay         int                  `json:"replay"`     // pictures to learn from
	Age            ageClock             `json:"age"`
}

// rows returns the count of a number in a bucket of vectors.
func (st *state) rows(bucket []byte, n uint32) int {
	if bytes.Equal(bucket, bucketVectors) {
		return st.Vectors[checkpointID(n)]
	}
	return st.Embeddings[n]
}

func (st *state) addRows(bucket []byte, n uint32, more int) {
	st.setRows(bucket, n, st.rows(bucket, n)+more)
}

func (st *state) setRows(bucket []byte, n uint32, count int) {
	switch old := bytes.Equal(bucket, bucketVectors); {
	case old && count > 0:
		st.Vectors[checkpointID(n)] = count
	case old:
		delete(st.Vectors, checkpointID(n))
	case count > 0:
		st.Embeddings[n] = count
	default:
		delete(st.Embeddings, n)
	}
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
	if st.Embeddings == nil {
		st.Embeddings = map[uint32]int{}
	}
	return st, nil
}

// pending holds changes that are not worth a transaction of their own. They wait
// in memory for the next write transaction.
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

// rebuildState replaces a damaged state by one that it counts in the store. What
// only the old state knew is lost: how many frames were gated, dropped and
// failed.
func (s *Store) rebuildState() error {
	var st *state
	err := s.view("count store", func(t txn) (err error) {
		st, err = countRecords(t, int(s.schema.Load()))
		return err
	})
	if err != nil {
		return err
	}
	s.state.committed = st
	if s.opt.ReadOnly {
		return nil
	}
	return s.db.Update(func(tx *bbolt.Tx) error { return putState(txn{tx: tx, st: st}) })
}

// countRecords counts by keys alone, because values may be damaged, too. schema is
// that of the store.
func countRecords(t txn, schema int) (*state, error) {
	st := &state{Counters: Counters{Reasons: map[string]uint64{}}, Vectors: map[CheckpointID]int{}, Embeddings: map[uint32]int{}}
	lastFrame := uint64(0)
	type counter struct {
		bucket []byte
		count  func(key []byte)
	}
	counters := []counter{
		{bucketFrames, func(key []byte) {
			st.Frames++
			setLast(&lastFrame, key)
		}},
		{bucketChunks, func(key []byte) { setLast(&st.LastChunk, key) }},
		{bucketEvents, func(key []byte) { setLast(&st.LastEvent, key) }},
		{bucketCheckpoints, func(key []byte) {
			if n, err := checkpointNumber(key); err == nil {
				st.LastCheckpoint = n
			}
		}},
		{bucketVectors, func(key []byte) {
			if n, _, err := splitVectorKey(bucketVectors, key); err == nil {
				st.addRows(bucketVectors, n, 1)
			}
		}},
	}
	if schema >= schemaReplay {
		counters = append(counters, counter{bucketReplay, func([]byte) { st.Replay++ }})
	}
	if schema >= schemaEncoders {
		counters = append(counters, counter{bucketEmbeddings, func(key []byte) {
			if n, _, err := splitVectorKey(bucketEmbeddings, key); err == nil {
				st.addRows(bucketEmbeddings, n, 1)
				st.LastEncoder = max(st.LastEncoder, n)
			}
		}}, counter{bucketEncoders, func(key []byte) {
			if len(key) == 4 {
				st.LastEncoder = max(st.LastEncoder, binary.BigEndian.Uint32(key))
			}
		}})
	}
	for _, c := range counters {
		_, err := t.scan(c.bucket, nil, nil, -1, func(key, _ []byte) error {
			c.count(key)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	// The number of a deleted frame must not be used again: the records of files
	// may name higher ones.
	named, err := lastFrameOfFiles(t)
	if err != nil {
		return nil, err
	}
	st.LastFrame = FrameID(max(lastFrame, named))
	st.Stored = uint64(st.LastFrame)
	st.Seen = uint64(st.LastFrame)
	return st, nil
}

// setLast notes the number of a key. Keys ascend.
func setLast(last *uint64, key []byte) {
	if len(key) == 8 {
		*last = binary.BigEndian.Uint64(key)
	}
}

// lastFrameOfFiles returns the highest frame that a file record names.
func lastFrameOfFiles(t txn) (last uint64, err error) {
	_, err = t.scan(bucketFiles, nil, nil, -1, func(key, raw []byte) error {
		payload, err := unseal(bucketFiles, key, raw)
		if errors.Is(err, ErrCorrupt) {
			return nil
		}
		if rec, ok := decodeFileRecord(payload); ok {
			last = max(last, uint64(rec.frame))
		}
		return nil
	})
	return last, err
}
