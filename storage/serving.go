package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// maxServingHistory bounds how far Rollback can go back.
const maxServingHistory = 100

// servingEntry says that a checkpoint answers queries since a time.
type servingEntry struct {
	ID       CheckpointID `json:"id"`
	Since    time.Time    `json:"since"`
	Reason   string       `json:"reason,omitempty"`
	Encoders []uint32     `json:"encoders,omitempty"` // that computed its vectors; none: not known
}

// servingHistory lists the checkpoints that answered queries, oldest first. The
// last one serves now.
type servingHistory []servingEntry

func (h servingHistory) current() CheckpointID {
	if len(h) == 0 {
		return ""
	}
	return h[len(h)-1].ID
}

// Serving returns the checkpoint that answers queries, or "" if there is none.
func (s *Store) Serving() (id CheckpointID, err error) {
	err = s.view("read serving checkpoint", func(t txn) error {
		h, err := t.servingHistory()
		id = h.current()
		return err
	})
	return id, err
}

// SetServing makes a checkpoint the one that answers queries, with the vectors by these
// encoders. It adds an event with the reason in the same transaction. Nothing happens
// if the checkpoint serves already with these encoders. Without encoders, they are not
// known yet: see [Store.Encoders]. Errors: ErrNotFound.
func (s *Store) SetServing(ctx context.Context, id CheckpointID, reason string, encoders ...Encoder) error {
	var event Event
	err := s.update(ctx, "promote checkpoint", func(t txn) error {
		if _, _, err := t.requireCheckpoint(id); err != nil {
			return err
		}
		h, err := t.servingHistory()
		if err != nil {
			return err
		}
		numbers, err := t.encoderNumbers(encoders)
		if err != nil {
			return err
		}
		if h.current() == id {
			last := &h[len(h)-1]
			if len(numbers) == 0 || slices.Equal(last.Encoders, numbers) {
				return nil
			}
			if len(last.Encoders) == 0 {
				last.Encoders = numbers
				return t.putServingHistory(h)
			}
		}
		event = s.Stamp(Event{Kind: EventPromote, Text: fmt.Sprintf("%s serves: %s", id, reason),
			Data: map[string]any{"checkpoint": id, "before": h.current(), "reason": reason}})
		if err := t.addEvent(event); err != nil {
			return err
		}
		return t.putServingHistory(append(h, servingEntry{ID: id, Since: event.Time, Reason: reason, Encoders: numbers}))
	})
	if err != nil {
		return err
	}
	s.tell(event)
	return nil
}

// Encoders returns the encoders with whose vectors a checkpoint served last. If that is
// not known, it returns those that computed the vectors that an older release stored of
// the checkpoint. It returns none if neither is known.
func (s *Store) Encoders(id CheckpointID) (list []Encoder, err error) {
	n, err := id.number()
	if err != nil {
		return nil, nil // no checkpoint has that name
	}
	upgraded := s.hasEncoders() // before the transaction: an upgrade can come meanwhile
	err = s.view("read encoders", func(t txn) error {
		if !upgraded {
			return nil
		}
		links, known, err := t.links()
		if err != nil {
			return err
		}
		h, err := t.servingHistory()
		if err != nil {
			return err
		}
		if list = encodersOf(known, h.encoders(id)); list == nil {
			list = encodersOf(known, links[n])
		}
		return nil
	})
	return list, err
}

// encoders returns the encoders with which a checkpoint served last.
func (h servingHistory) encoders(id CheckpointID) []uint32 {
	for _, entry := range slices.Backward(h) {
		if entry.ID == id && len(entry.Encoders) > 0 {
			return entry.Encoders
		}
	}
	return nil
}

// RollbackTarget returns the checkpoint that Rollback would go back to. Errors:
// ErrNotFound if there is none.
func (s *Store) RollbackTarget() (id CheckpointID, err error) {
	err = s.view("read serving history", func(t txn) error {
		h, err := t.servingHistory()
		if err != nil {
			return err
		}
		id, _, err = t.rollBack(h)
		return err
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// Rollback goes back to the checkpoint that served before the present one, and
// returns its name. The encoders are those of SetServing. Rollback skips deleted
// checkpoints. The next call goes back further. Errors: ErrNotFound if there is no
// earlier one; nothing changed then.
func (s *Store) Rollback(ctx context.Context, encoders ...Encoder) (id CheckpointID, err error) {
	var event Event
	err = s.update(ctx, "roll back", func(t txn) error {
		h, err := t.servingHistory()
		if err != nil {
			return err
		}
		before := h.current()
		if id, h, err = t.rollBack(h); err != nil {
			return err
		}
		if len(encoders) > 0 {
			if h[len(h)-1].Encoders, err = t.encoderNumbers(encoders); err != nil {
				return err
			}
		}
		event = s.Stamp(Event{Kind: EventRollback, Text: fmt.Sprintf("%s serves again instead of %s", id, before),
			Data: map[string]any{"checkpoint": id, "before": before}})
		if err := t.addEvent(event); err != nil {
			return err
		}
		return t.putServingHistory(h)
	})
	if err != nil {
		return "", err
	}
	s.tell(event)
	return id, nil
}

// rollBack returns the newest checkpoint of a history that is not the present one
// and still exists, and the history up to it.
func (t txn) rollBack(h servingHistory) (CheckpointID, servingHistory, error) {
	now := h.current()
	for len(h) > 0 {
		h = h[:len(h)-1]
		id := h.current()
		n, err := id.number()
		if err != nil || id == now {
			continue
		}
		_, ok, err := t.checkpoint(n)
		if err != nil {
			return "", nil, err
		}
		if ok {
			return id, h, nil
		}
	}
	return "", nil, fmt.Errorf("a checkpoint that served before: %w", ErrNotFound)
}

func (t txn) servingHistory() (servingHistory, error) {
	payload, err := t.get(bucketMeta, keyServing)
	if payload == nil || err != nil {
		return nil, err
	}
	var h servingHistory
	if err := json.Unmarshal(payload, &h); err != nil {
		return nil, corrupt(bucketMeta, keyServing, "%v", err)
	}
	return h, nil
}

func (t txn) putServingHistory(h servingHistory) error {
	if len(h) > maxServingHistory {
		h = h[len(h)-maxServingHistory:]
	}
	payload, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return t.put(bucketMeta, keyServing, payload)
}
