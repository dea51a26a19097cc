package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// maxServed bounds the history that Rollback can go back through.
const maxServed = 100

// served is one entry of the history of what answered queries.
type served struct {
	ID     CheckpointID `json:"id"`
	Since  time.Time    `json:"since"`
	Reason string       `json:"reason,omitempty"`
}

// history is what served, oldest first; the last entry serves.
type history []served

func (h history) current() CheckpointID {
	if len(h) == 0 {
		return ""
	}
	return h[len(h)-1].ID
}

func (t txn) serving() (history, error) {
	payload, err := t.get(bucketMeta, keyServing)
	if payload == nil || err != nil {
		return nil, err
	}
	var h history
	if err := json.Unmarshal(payload, &h); err != nil {
		return nil, corrupt(bucketMeta, keyServing, "%v", err)
	}
	return h, nil
}

func (t txn) putServing(h history) error {
	if len(h) > maxServed {
		h = h[len(h)-maxServed:]
	}
	payload, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return t.put(bucketMeta, keyServing, payload)
}

// Serving returns the checkpoint that answers queries; "" when there is none.
func (s *Store) Serving() (id CheckpointID, err error) {
	err = s.view("read serving checkpoint", func(t txn) error {
		h, err := t.serving()
		id = h.current()
		return err
	})
	return id, err
}

// SetServing makes a checkpoint the one that answers queries, and writes an
// event with the reason in the same transaction. Nothing happens when it serves
// already. Errors: ErrNotFound.
func (s *Store) SetServing(ctx context.Context, id CheckpointID, reason string) error {
	var event Event
	err := s.update(ctx, "promote checkpoint", func(t txn) error {
		if _, _, err := t.wantCheckpoint(id); err != nil {
			return err
		}
		h, err := t.serving()
		if err != nil {
			return err
		}
		if h.current() == id {
			return nil
		}
		event = s.Stamp(Event{Kind: EventPromote, Text: fmt.Sprintf("%s serves: %s", id, reason),
			Data: map[string]any{"checkpoint": id, "before": h.current(), "reason": reason}})
		if err := t.addEvent(event); err != nil {
			return err
		}
		return t.putServing(append(h, served{ID: id, Since: event.Time, Reason: reason}))
	})
	if err != nil {
		return err
	}
	s.tell(event)
	return nil
}

// Rollback makes the checkpoint serve that served before the present one,
// passing over deleted ones, and returns it. Calling again goes back further.
// ErrNotFound: there is none, and nothing changed.
func (s *Store) Rollback(ctx context.Context) (id CheckpointID, err error) {
	var event Event
	err = s.update(ctx, "roll back", func(t txn) error {
		h, err := t.serving()
		if err != nil {
			return err
		}
		now := h.current()
		if id, h, err = t.previous(h); err != nil {
			return err
		}
		event = s.Stamp(Event{Kind: EventRollback, Text: fmt.Sprintf("%s serves again instead of %s", id, now),
			Data: map[string]any{"checkpoint": id, "before": now}})
		if err := t.addEvent(event); err != nil {
			return err
		}
		return t.putServing(h)
	})
	if err != nil {
		return "", err
	}
	s.tell(event)
	return id, nil
}
