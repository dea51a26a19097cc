package storage

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Event is something that happened.
//
// Records of older releases have no id, source and data. The id is read from
// the key, and the others are empty. Older releases ignore them.
type Event struct {
	ID     uint64         `json:"id"`               // ascending; see Store.Stamp
	Time   time.Time      `json:"time"`             // UTC
	Kind   string         `json:"kind"`             // EventConfig or its siblings
	Source string         `json:"source,omitempty"` // URI of the source that it is about, without credentials
	Text   string         `json:"text"`             // a sentence for people
	Data   map[string]any `json:"data,omitempty"`   // numbers and details. Nobody changes it once the event is published
}

// Kinds of events. They do not change: users filter by them.
const (
	EventConfig    = "config"    // a configuration was loaded or refused
	EventSource    = "source"    // the state of a source changed, or the source ended
	EventIngest    = "ingest"    // frames can be stored again
	EventRetention = "retention" // frames were deleted to keep the store within its limits
	EventLearn     = "learn"     // a round of training failed or was given up
	EventCandidate = "candidate" // the result of a round waits for a person to promote it
	EventReject    = "reject"    // the result of a round was dropped
	EventPromote   = "promote"   // a checkpoint serves, or could not be promoted
	EventRollback  = "rollback"  // an earlier checkpoint serves again
	EventReembed   = "reembed"   // frames have no vector of the checkpoint that serves
	EventRuntime   = "runtime"   // the encoder runs otherwise than the configuration asks
)

// Limits of events.
const (
	MaxEvents    = 1000     // the oldest go first
	maxEventText = 4096     // bytes; the rest is cut off
	maxEventData = 16 << 10 // bytes of JSON; larger data is replaced by its size
)

// Stamp gives an event the next id and the present time if they are missing. Ids
// ascend in the order of the calls. An event that never reaches the file leaves a
// gap; after a crash its id may be given again.
func (s *Store) Stamp(e Event) Event {
	if e.ID == 0 {
		e.ID = s.eventIDs.Add(1)
	}
	if e.Time.IsZero() {
		e.Time = s.opt.Now()
	}
	e.Time = e.Time.UTC()
	return e
}

// AddEvent stores an event, stamped if it is not yet. The store keeps the last
// MaxEvents. An event that is stored already is not stored again.
func (s *Store) AddEvent(ctx context.Context, e Event) error {
	const op = "store event"
	if e.ID != 0 {
		stored := false
		err := s.view(op, func(t txn) error {
			b, err := t.bucket(bucketEvents)
			stored = err == nil && b.Get(key64(e.ID)) != nil
			return err
		})
		if err != nil || stored {
			return err
		}
	}
	e = s.Stamp(e)
	return s.update(ctx, op, func(t txn) error { return t.addEvent(e) })
}

// addEvent stores a stamped event and deletes the oldest beyond MaxEvents.
func (t txn) addEvent(e Event) error {
	if len(e.Text) > maxEventText {
		e.Text = strings.ToValidUTF8(e.Text[:maxEventText], "") + "..."
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		return err
	}
	if len(data) > maxEventData {
		e.Data = map[string]any{"omitted_bytes": len(data)}
	}
	record, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := t.put(bucketEvents, key64(e.ID), record); err != nil {
		return err
	}
	t.st.LastEvent = max(t.st.LastEvent, e.ID)
	if t.st.LastEvent <= MaxEvents {
		return nil
	}
	return t.dropEvents(t.st.LastEvent - MaxEvents)
}

// tell hands a committed event to Options.OnEvent. It ignores the zero event.
func (s *Store) tell(e Event) {
	if e.ID != 0 && s.opt.OnEvent != nil {
		s.opt.OnEvent(e)
	}
}

// dropEvents deletes the events up to an id, and keys that are damaged.
func (t txn) dropEvents(last uint64) error {
	for {
		b, err := t.bucket(bucketEvents)
		if err != nil {
			return err
		}
		key, _ := b.Cursor().First()
		if key == nil {
			return nil
		}
		if id, err := keyUint64(bucketEvents, key); err == nil && id > last {
			return nil
		}
		if err := b.Delete(key); err != nil {
			return err
		}
	}
}

// Events returns the last n events, oldest first; n <= 0: all that are kept.
// Damaged ones are left out.
func (s *Store) Events(ctx context.Context, n int) (list []Event, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if n <= 0 || n > MaxEvents {
		n = MaxEvents
	}
	var damaged damagedRecords
	err = s.view("read events", func(t txn) error {
		b, err := t.bucket(bucketEvents)
		if err != nil {
			return err
		}
		cursor := b.Cursor()
		for key, raw := cursor.Last(); key != nil && n > 0; key, raw = cursor.Prev() {
			n--
			e, err := decodeEvent(key, raw)
			if err != nil {
				if err := damaged.skip(err); err != nil {
					return err
				}
				continue
			}
			list = append(list, e)
		}
		return nil
	})
	slices.Reverse(list)
	return list, err
}

func decodeEvent(key, raw []byte) (e Event, err error) {
	record, err := unseal(bucketEvents, key, raw)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(record, &e); err != nil {
		return e, corrupt(bucketEvents, key, "%v", err)
	}
	e.ID, err = keyUint64(bucketEvents, key)
	return e, err
}
