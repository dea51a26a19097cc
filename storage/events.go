package storage

import (
	"context"
	"encoding/json"
	"strings"
)

// AddEvent writes a line into the diary, which keeps the last MaxEvents.
func (s *Store) AddEvent(ctx context.Context, e Event) error {
	if e.Time.IsZero() {
		e.Time = s.opt.Now()
	}
	e.Time = e.Time.UTC()
	return s.update(ctx, "store event", func(t txn) error { return t.addEvent(e) })
}

func (t txn) addEvent(e Event) error {
	const maxText = 4096
	if len(e.Text) > maxText {
		e.Text = strings.ToValidUTF8(e.Text[:maxText], "") + "..."
	}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	t.st.LastEvent++
	if t.st.LastEvent > MaxEvents {
		if err := t.del(bucketEvents, key64(t.st.LastEvent-MaxEvents)); err != nil {
			return err
		}
	}
	return t.put(bucketEvents, key64(t.st.LastEvent), text)
}

// Events returns the last n events, oldest first; n <= 0: all that are kept.
// Damaged ones are left out.
func (s *Store) Events(ctx context.Context, n int) (list []Event, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var last uint64
	s.state.read(func(st *state) { last = st.LastEvent })
	if n <= 0 || n > MaxEvents {
		n = MaxEvents
	}
	var after []byte
	if last > uint64(n) {
		after = key64(last - uint64(n))
	}
	var harm harm
	err = s.view("read events", func(t txn) error {
		_, err := t.scan(bucketEvents, nil, after, MaxEvents, func(key, raw []byte) error {
			text, err := unseal(bucketEvents, key, raw)
			if err != nil {
				return harm.note(err)
			}
			var e Event
			if err := json.Unmarshal(text, &e); err != nil {
				return harm.note(corrupt(bucketEvents, key, "%v", err))
			}
			list = append(list, e)
			return nil
		})
		return err
	})
	return list, err
}
