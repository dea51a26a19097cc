package storage

import "maps"

// DropReplay drops the pictures that frames are learned from; a frame without
// one is ignored. It costs no write: the drops are carried out in the next write
// transaction, by Flush or by Close, and until then the pictures are neither
// listed nor read. A crash before that leaves them in the store; one that is
// opened for reading ignores the call.
func (s *Store) DropReplay(ids ...FrameID) {
	if !s.hasReplay() || s.opt.ReadOnly || len(ids) == 0 {
		return
	}
	there := ids
	// Those that are not there would make CountReplay wrong until the next write. A
	// store that cannot be read says so elsewhere; dropping again is harmless.
	_ = s.view("look for replay", func(t txn) error {
		b, err := t.bucket(bucketReplay)
		if err != nil {
			return err
		}
		found := make([]FrameID, 0, len(ids))
		for _, id := range ids {
			if b.Get(frameKey(id)) != nil {
				found = append(found, id)
			}
		}
		there = found
		return nil
	})
	s.state.drop(there)
}

// CountReplay returns the number of frames with a picture to learn from.
func (s *Store) CountReplay() int {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	return max(s.state.current.Replay-len(s.state.dropping), 0)
}

// dropReplay removes the picture that a frame is learned from, if it has one.
func (t txn) dropReplay(id FrameID) error {
	b, err := t.bucket(bucketReplay)
	if err != nil {
		return err
	}
	key := frameKey(id)
	if b.Get(key) != nil {
		t.st.Replay--
		if err := b.Delete(key); err != nil {
			return err
		}
	}
	return t.dropPicture(bucketReplayData, key)
}

// replayBytes is the size of a frame's picture to learn from; 0: it has none, its
// record is damaged, or the store is still of an older schema.
func (t txn) replayBytes(frame []byte) int64 {
	payload, err := t.get(bucketReplay, frame)
	if err != nil || payload == nil {
		return 0
	}
	rec, _ := decodeReplayRecord(payload)
	return rec.size
}

// drop lets frames wait for the next commit.
func (b *stateBox) drop(ids []FrameID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dropping == nil {
		b.dropping = make(map[FrameID]bool, len(ids))
	}
	for _, id := range ids {
		b.dropping[id] = true
	}
}

func (b *stateBox) isDropping(id FrameID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dropping[id]
}

func (b *stateBox) droppingNow() map[FrameID]bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.dropping)
}
