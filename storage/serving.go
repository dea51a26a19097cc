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
	Size     int          `json:"size,omitempty"`     // serving size since then, in pixels; 0: as before, and for a user's file
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

// size returns the serving size of the store, 0 if only the checkpoints know it, as in
// stores of older releases. A user's file has its own size and does not change it.
func (h servingHistory) size() int {
	for _, entry := range slices.Backward(h) {
		if entry.Size > 0 {
			return entry.Size
		}
	}
	return 0
}

// served returns a description with the serving size that the store had at the end of a
// history.
func (c Checkpoint) served(h servingHistory) Checkpoint {
	if size := h.size(); size > 0 && c.Kind != CheckpointFile {
		c.Size = size
	}
	return c
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
// known yet: see [Store.Encoders]. The size of the encoders becomes the serving size of
// the store, unless they are of a user's file. Errors: ErrNotFound.
func (s *Store) SetServing(ctx context.Context, id CheckpointID, reason string, encoders ...Encoder) error {
	var event Event
	err := s.update(ctx, "promote checkpoint", func(t txn) error {
		c, _, err := t.requireCheckpoint(id)
		if err != nil {
			return err
		}
		h, err := t.servingHistory()
		if err != nil {
			return err
		}
		size := c.sizeOf(encoders)
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
				last.Encoders, last.Size = numbers, size
				return t.putServingHistory(h)
			}
		}
		event = s.Stamp(Event{Kind: EventPromote, Text: fmt.Sprintf("%s serves: %s", id, reason),
			Data: map[string]any{"checkpoint": id, "before": h.current(), "reason": reason}})
		if err := t.addEvent(event); err != nil {
			return err
		}
		return t.putServingHistory(append(h, servingEntry{ID: id, Since: event.Time, Reason: reason, Encoders: numbers, Size: size}))
	})
	if err != nil {
		return err
	}
	s.tell(event)
	return nil
}

// sizeOf returns the size of the encoders of a checkpoint, 0 if they are not known or those
// of a user's file.
func (c Checkpoint) sizeOf(encoders []Encoder) int {
	if len(encoders) == 0 || c.Kind == CheckpointFile {
		return 0
	}
	return encoders[0].Size
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

// RollbackTarget returns the checkpoint that Rollback would go back to, with the serving
// size of that time. Errors: ErrNotFound if there is none.
func (s *Store) RollbackTarget() (c Checkpoint, err error) {
	err = s.view("read serving history", func(t txn) error {
		h, err := t.servingHistory()
		if err != nil {
			return err
		}
		c, _, err = t.rollBack(h)
		return err
	})
	return c, err
}

// Rollback goes back to the checkpoint that served before the present one, or to the
// serving size before the present one, and returns the checkpoint's name. The encoders are those of SetServing. Rollback skips deleted
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
		c, h, err := t.rollBack(h)
		if err != nil {
			return err
		}
		id = c.ID
		if len(encoders) > 0 {
			last := &h[len(h)-1]
			if last.Encoders, err = t.encoderNumbers(encoders); err != nil {
				return err
			}
			last.Size = c.sizeOf(encoders)
		}
		text := fmt.Sprintf("%s serves again instead of %s", id, before)
		if id == before {
			text = fmt.Sprintf("%s serves at %d px again", id, c.Size)
		}
		event = s.Stamp(Event{Kind: EventRollback, Text: text, Data: map[string]any{"checkpoint": id, "before": before, "size": c.Size}})
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

// rollBack returns the newest checkpoint of a history that is not the present one, or
// served at another size, and that still exists. It also returns the history up to it.
func (t txn) rollBack(h servingHistory) (Checkpoint, servingHistory, error) {
	now, size := h.current(), 0
	for ; len(h) > 0; h = h[:len(h)-1] {
		n, err := h.current().number()
		if err != nil {
			continue
		}
		c, ok, err := t.checkpoint(n)
		if err != nil {
			return Checkpoint{}, nil, err
		}
		c = c.served(h)
		switch {
		case !ok:
		case c.ID != now || size > 0 && c.Size != size:
			return c, h, nil
		default:
			size = c.Size
		}
	}
	return Checkpoint{}, nil, fmt.Errorf("a checkpoint that served before: %w", ErrNotFound)
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
