package storage

import (
	"encoding/binary"
	"errors"
	"time"

	"edgeclr/storage/record"
)

// Sightings tell how often a stored frame was seen again: how many near-duplicates
// of it were not stored. The times are those of the near-duplicates that were
// counted first and last, as far as their source knew.
type Sightings struct {
	Count uint64    `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

const (
	sightingsVersion = 1

	// maxPendingSightings bounds the frames with pending sightings, for a disk that
	// stays full. The gate compares with the last few frames of a source alone, so
	// the bound is far away.
	maxPendingSightings = 4096
)

// AddSighting counts that a frame was seen again at that time. It does nothing
// for a frame that was deleted. It costs no write (see Flush), and readers have
// the count at once. While nothing can be written, it counts no more than
// maxPendingSightings frames. A damaged record is counted again from zero. Errors:
// ErrReadOnly, ErrClosed.
func (s *Store) AddSighting(id FrameID, at time.Time) error {
	const op = "count sighting"
	if s.opt.ReadOnly {
		return classify(op, s.path, ErrReadOnly)
	}
	// A pending count includes the stored one. So a reader needs only one of the
	// two, and cannot count a sighting twice while a commit runs. The lock is held
	// from reading the stored count to setting the new one.
	s.sightingMu.Lock()
	defer s.sightingMu.Unlock()
	all, isPending := s.state.pendingSightings(id)
	if !isPending {
		exists := false
		err := s.view(op, func(t txn) (err error) {
			if exists, err = t.has(bucketFrames, frameKey(id)); err == nil && exists && s.hasSightings() {
				all, err = t.sightings(id)
			}
			return err
		})
		switch {
		case exists && errors.Is(err, ErrCorrupt):
			s.opt.Log.Warn("the sightings of a frame are damaged; they are counted again from zero", "frame", id, "error", err)
			all = Sightings{}
		case err != nil || !exists:
			return err
		}
	}
	at = at.Round(0).UTC()
	if all.Count == 0 {
		all.First = at
	}
	all.Count, all.Last = all.Count+1, at
	s.state.setSightings(id, all)
	return nil
}

// Sightings returns the sightings of those given frames that were seen again,
// the pending ones included. Damaged ones are left out: with ErrCorrupt the map
// has all others.
func (s *Store) Sightings(ids ...FrameID) (map[FrameID]Sightings, error) {
	const op = "read sightings"
	found := make(map[FrameID]Sightings, len(ids))
	var stored []FrameID
	for _, id := range ids {
		// Before the transaction begins: a count that is no longer pending is in the
		// file by then.
		if all, isPending := s.state.pendingSightings(id); isPending {
			found[id] = all
		} else {
			stored = append(stored, id)
		}
	}
	if len(stored) == 0 || !s.hasSightings() {
		return found, nil
	}
	var damaged damagedRecords
	err := s.view(op, func(t txn) error {
		for _, id := range stored {
			all, err := t.sightings(id)
			if err = damaged.skip(err); err != nil {
				return err
			}
			if all.Count > 0 {
				found[id] = all
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, classify(op, s.path, damaged.err())
}

// sightings returns zero for a frame that was not seen again.
func (t txn) sightings(id FrameID) (Sightings, error) {
	key := frameKey(id)
	payload, err := t.get(bucketSightings, key)
	if err != nil || payload == nil {
		return Sightings{}, err
	}
	all, ok := decodeSightings(payload)
	if !ok {
		return Sightings{}, corrupt(bucketSightings, key, "the record cannot be read")
	}
	return all, nil
}

// putSightings does nothing for a frame that was deleted meanwhile.
func (t txn) putSightings(id FrameID, all Sightings) error {
	key := frameKey(id)
	exists, err := t.has(bucketFrames, key)
	if err != nil || !exists {
		return err
	}
	return t.putReserved(bucketSightings, key, all.append(record.Reserve(32)))
}

func (l *liveState) pendingSightings(id FrameID) (all Sightings, isPending bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all, isPending = l.pending.sightings[id]
	return all, isPending
}

func (l *liveState) setSightings(id FrameID, all Sightings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &l.pending
	if _, isPending := p.sightings[id]; !isPending && len(p.sightings) >= maxPendingSightings {
		return
	}
	if p.sightings == nil {
		p.sightings = map[FrameID]Sightings{}
	}
	p.sightings[id] = all
}

func (s Sightings) append(b []byte) []byte {
	b = append(b, sightingsVersion)
	b = binary.AppendUvarint(b, s.Count)
	return record.AppendTime(record.AppendTime(b, s.First), s.Last)
}

// decodeSightings reads what append wrote.
func decodeSightings(b []byte) (Sightings, bool) {
	if len(b) == 0 || b[0] != sightingsVersion {
		return Sightings{}, false
	}
	r := record.NewReader(b[1:])
	s := Sightings{Count: r.Uint(), First: r.Time(), Last: r.Time()}
	return s, r.Done() && s.Count > 0
}
