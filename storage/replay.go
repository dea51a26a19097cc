package storage

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"edgeclr/storage/record"
)

// MaxReplayBytes is the largest size of a picture to learn from.
const MaxReplayBytes = 1 << 20

// ReplayPicture is the picture that a frame is learned from. It is small, so
// that learning needs neither what is kept of the frame nor its full size.
type ReplayPicture struct {
	Live bool   // from a camera; see ReplayEntry
	JPEG []byte // at most MaxReplayBytes
}

// ReplayEntry is a frame with a picture to learn from.
type ReplayEntry struct {
	ID     FrameID
	Source string
	Time   time.Time // when it was taken, as far as the source knows
	Live   bool      // from a camera, so that Source and Time tell moments apart; the files of a folder can be of any time
}

// Replay calls fn for each frame with a picture to learn from, in order, without
// the picture and outside of any transaction. An error of fn ends the walk and is
// returned as it is. Damaged entries are left out: when the walk is done,
// ErrCorrupt says that fn saw all others.
func (s *Store) Replay(ctx context.Context, fn func(ReplayEntry) error) error {
	if !s.hasReplay() {
		return nil
	}
	// Read before each transaction begins: a picture whose drop is no longer pending
	// is gone from the file by then.
	var dropped map[FrameID]bool
	entries := pages[ReplayEntry]{bucket: bucketReplay, size: pageKeys,
		before: func() { dropped = s.state.snapshot().replayDrops },
		decode: func(_ txn, key, raw []byte) (ReplayEntry, bool, error) {
			e, err := unsealReplay(key, raw)
			return e, !dropped[e.ID], err
		}}
	return entries.each(ctx, s, "read replay", fn)
}

func unsealReplay(key, raw []byte) (ReplayEntry, error) {
	id, err := keyUint64(bucketReplay, key)
	if err != nil {
		return ReplayEntry{}, err
	}
	payload, err := unseal(bucketReplay, key, raw)
	if err != nil {
		return ReplayEntry{}, err
	}
	rec, ok := decodeReplayRecord(payload)
	if !ok {
		return ReplayEntry{}, corrupt(bucketReplay, key, "the record cannot be read")
	}
	return ReplayEntry{ID: FrameID(id), Source: rec.source, Time: rec.time, Live: rec.live}, nil
}

// ReplayPicture returns the picture, a JPEG, that a frame is learned from.
// Errors: ErrNotFound, also if it was dropped, and ErrCorrupt.
func (s *Store) ReplayPicture(id FrameID) (data []byte, err error) {
	const op = "read picture to learn from"
	absent := fmt.Errorf("frame %d: no picture to learn from: %w", id, ErrNotFound)
	if !s.hasReplay() || s.state.dropsReplay(id) {
		return nil, classify(op, s.path, absent)
	}
	err = s.view(op, func(t txn) error {
		payload, err := t.get(bucketReplay, frameKey(id))
		if err != nil {
			return err
		}
		if payload == nil {
			return absent
		}
		rec, ok := decodeReplayRecord(payload)
		if !ok {
			return corrupt(bucketReplay, frameKey(id), "the record cannot be read")
		}
		data, err = t.picture(bucketReplayData, id, rec.size)
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

// CountReplay returns the number of frames with a picture to learn from.
func (s *Store) CountReplay() int {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	return max(s.state.committed.Replay-len(s.state.pending.replayDrops), 0)
}

// DropReplay drops the pictures that frames are learned from. It ignores frames
// that have none. It costs no write (see Flush): until the next one the pictures
// are neither listed nor read, and a crash before it leaves them in the store. A
// store that is opened for reading ignores the call.
func (s *Store) DropReplay(ids ...FrameID) {
	if !s.hasReplay() || s.opt.ReadOnly || len(ids) == 0 {
		return
	}
	drop := ids
	// Dropping a picture that is not there would make CountReplay wrong until the
	// next write. If the store cannot be read, all ids are dropped: another call
	// reports the error, and the next write ignores ids without a picture.
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
		drop = found
		return nil
	})
	s.state.dropReplay(drop)
}

func (l *liveState) dropReplay(ids []FrameID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending.replayDrops == nil {
		l.pending.replayDrops = make(map[FrameID]bool, len(ids))
	}
	for _, id := range ids {
		l.pending.replayDrops[id] = true
	}
}

func (l *liveState) dropsReplay(id FrameID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pending.replayDrops[id]
}

// putReplay stores the picture to learn from of a new frame.
func (t txn) putReplay(f Frame, p *ReplayPicture) error {
	rec := replayRecord{source: f.Source, time: f.Time, live: p.Live, size: int64(len(p.JPEG))}
	if err := t.putReserved(bucketReplay, frameKey(f.ID), rec.append(record.Reserve(64))); err != nil {
		return err
	}
	t.st.Replay++
	return t.putPicture(bucketReplayData, f.ID, p.JPEG)
}

// dropReplay deletes the picture that a frame is learned from, if it has one.
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

// replayBytes returns the size of a frame's picture to learn from. It is 0 if the
// frame has none, if its record is damaged, and for a store of an older schema.
func (t txn) replayBytes(frame []byte) int64 {
	payload, err := t.get(bucketReplay, frame)
	if err != nil || payload == nil {
		return 0
	}
	rec, _ := decodeReplayRecord(payload)
	return rec.size
}

const replayRecordVersion = 1

// replayRecord describes a picture to learn from, so that its frame need not be
// read: the learner reads thousands of records when it starts.
type replayRecord struct {
	source string
	time   time.Time
	live   bool
	size   int64 // bytes of the picture
}

func (r replayRecord) append(b []byte) []byte {
	live := byte(0)
	if r.live {
		live = 1
	}
	b = append(b, replayRecordVersion)
	b = record.AppendString(b, r.source)
	b = record.AppendTime(b, r.time)
	b = append(b, live)
	return binary.AppendUvarint(b, uint64(r.size))
}

// decodeReplayRecord reads what append wrote. The record holds no reference to b.
func decodeReplayRecord(b []byte) (replayRecord, bool) {
	if len(b) == 0 || b[0] != replayRecordVersion {
		return replayRecord{}, false
	}
	r := record.NewReader(b[1:])
	rec := replayRecord{source: r.String(), time: r.Time(), live: r.Uint() == 1, size: int64(r.Uint())}
	return rec, r.Done() && rec.size > 0 && rec.size <= MaxReplayBytes
}
