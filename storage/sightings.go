package storage

import (
	"encoding/binary"
	"errors"
	"time"

	"edgeclr/storage/record"
)

// Sightings tell how often a stored frame was seen again: by frames that were
// taken for its near-duplicates and left out. Times are those of the frames that
// were counted first and last, as far as their source knew.
type Sightings struct {
	Count uint64    `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

const (
	sightingsVersion = 1

	// maxSightings wait for a write at most, by frames: a bound for a disk that
	// stays full. The gate compares with the last few frames of a source alone.
	maxSightings = 4096
)

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

// AddSighting counts that a frame was seen again at that time; for a frame that
// was deleted it does nothing. It costs no write: the count is stored with the
// next one, or by Flush or Close, and readers have it at once. While nothing can
// be written, sightings of more than some thousand frames are not counted. A
// damaged record begins anew. Errors: ErrReadOnly, ErrClosed.
func (s *Store) AddSighting(id FrameID, at time.Time) error {
	const op = "count sighting"
	if s.opt.ReadOnly {
		return classify(op, s.path, ErrReadOnly)
	}
	// What waits holds the stored count, too, so that a reader never adds what a
	// commit under way has made visible: between the look at the store and the
	// note of its result, nobody else may count.
	s.sightMu.Lock()
	defer s.sightMu.Unlock()
	all, waits := s.state.sighted(id)
	if !waits {
		exists := false
		err := s.view(op, func(t txn) error {
			frames, err := t.bucket(bucketFrames)
			if err != nil || frames.Get(frameKey(id)) == nil {
				return err
			}
			exists = true
			if s.hasSightings() {
				all, err = t.sightings(id)
			}
			return err
		})
		switch {
		case exists && errors.Is(err, ErrCorrupt):
			s.opt.Log.Warn("the sightings of a frame are damaged; they are counted anew", "frame", id, "error", err)
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
	s.state.sight(id, all)
	return nil
}

// Sightings returns those of the given frames that were seen again, also what
// waits for the next write. Damaged ones are left out, and reported: with
// ErrCorrupt the map has all others.
func (s *Store) Sightings(ids ...FrameID) (map[FrameID]Sightings, error) {
	const op = "read sightings"
	found := make(map[FrameID]Sightings, len(ids))
	var ask []FrameID
	for _, id := range ids {
		// Asked before the transaction begins: what no longer waits then is stored.
		if all, waits := s.state.sighted(id); waits {
			found[id] = all
		} else {
			ask = append(ask, id)
		}
	}
	if len(ask) == 0 || !s.hasSightings() {
		return found, nil
	}
	var harm harm
	err := s.view(op, func(t txn) error {
		for _, id := range ask {
			all, err := t.sightings(id)
			if err = harm.note(err); err != nil {
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
	return found, classify(op, s.path, harm.err())
}

// sightings are zero for a frame that was not seen again.
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
	frames, err := t.bucket(bucketFrames)
	if err != nil {
		return err
	}
	key := frameKey(id)
	if frames.Get(key) == nil {
		return nil
	}
	return t.putReserved(bucketSightings, key, all.append(record.Reserve(32)))
}

// sighted are the sightings of a frame that wait for the next commit.
func (b *stateBox) sighted(id FrameID) (all Sightings, waits bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, waits = b.sightings[id]
	return all, waits
}

// sight lets sightings wait for the next commit.
func (b *stateBox) sight(id FrameID, all Sightings) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, waits := b.sightings[id]; !waits && len(b.sightings) >= maxSightings {
		return
	}
	if b.sightings == nil {
		b.sightings = map[FrameID]Sightings{}
	}
	b.sightings[id] = all
}
