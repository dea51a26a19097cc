package events

import (
	"context"
	"log/slog"

	"edgeclr/storage"
)

// logCapacity is how many events may wait for the log.
const logCapacity = 256

// ToLog writes events to the log.
func ToLog(log *slog.Logger) Listener {
	return Listener{Capacity: logCapacity, Handle: func(e storage.Event, missed int) {
		if missed > 0 {
			log.Warn("events are missing from the log: it was too slow for them", "events", missed)
		}
		fields := []any{"event", e.Kind, "id", e.ID}
		if e.Source != "" {
			fields = append(fields, "source", e.Source)
		}
		log.Info(e.Text, fields...)
	}}
}

// store is the part of storage.Store that keeps events.
type store interface {
	AddEvent(ctx context.Context, e storage.Event) error
}

// ToStore keeps events in the store. Those that it does not take go to the log.
func ToStore(st store, log *slog.Logger) Listener {
	return Listener{Capacity: storage.MaxEvents, Handle: func(e storage.Event, missed int) {
		if missed > 0 {
			log.Warn("events are missing from the store: it was too slow for them", "events", missed)
		}
		// Events that were published before Close must be stored, so no context ends this.
		if err := st.AddEvent(context.Background(), e); err != nil {
			log.Warn("the event was not stored", "event", e.Kind, "id", e.ID, "error", err)
		}
	}}
}
