package directory

import (
	"fmt"
	"time"
)

// Cursor remembers which files are done. The store supplies it, so that a frame
// and the state of its file are written together.
type Cursor interface {
	// Seen reports whether this path of this source was stored, or recorded as
	// failed, with the same size and modification time.
	Seen(source, path string, size int64, modTime time.Time) (bool, error)
}

// redeliverAfter is how long a delivered file may stay unknown to the cursor.
// After that it counts as lost on the way and is delivered again.
const redeliverAfter = 10 * time.Minute

// flightCheck is how many files may be in flight before the list is compared
// with the cursor.
const flightCheck = 1024

// tracker knows which files need not be delivered: those that the cursor knows, and
// those in flight, which are delivered and not yet stored. So a rescan does not deliver
// a file twice. Without a cursor the tracker remembers every file itself. One goroutine
// owns it.
type tracker struct {
	source string
	cursor Cursor // nil: remember everything here
	now    func() time.Time
	flight map[string]inFlight
	check  int // number of files in flight at which sweep is due
}

// inFlight is a file that was delivered.
type inFlight struct {
	size    int64
	modTime time.Time
	at      time.Time
}

func newTracker(source string, cursor Cursor, now func() time.Time) *tracker {
	return &tracker{source: source, cursor: cursor, now: now, flight: map[string]inFlight{}, check: flightCheck}
}

// done reports whether the file is stored, failed or in flight.
func (t *tracker) done(path string, size int64, modTime time.Time) (bool, error) {
	e, flying := t.flight[path]
	same := flying && e.size == size && e.modTime.Equal(modTime)
	if t.cursor == nil {
		return same, nil
	}
	if same && t.now().Sub(e.at).Abs() < redeliverAfter {
		return true, nil
	}
	seen, err := t.cursor.Seen(t.source, path, size, modTime)
	if err != nil {
		return false, fmt.Errorf("ask the cursor about %s: %w", path, err)
	}
	return seen, nil
}

// sent notes that the file was delivered.
func (t *tracker) sent(path string, size int64, modTime time.Time) error {
	t.flight[path] = inFlight{size: size, modTime: modTime, at: t.now()}
	if len(t.flight) < t.check || t.cursor == nil {
		return nil
	}
	return t.sweep()
}

// sweep forgets files that the cursor knows by now, and files that were lost on
// the way. When many stay in flight, the next sweep waits for twice as many, so
// that the cost per file stays constant.
func (t *tracker) sweep() error {
	if t.cursor == nil {
		return nil
	}
	for path, e := range t.flight {
		seen, err := t.cursor.Seen(t.source, path, e.size, e.modTime)
		if err != nil {
			return fmt.Errorf("ask the cursor about %s: %w", path, err)
		}
		if seen || t.now().Sub(e.at).Abs() >= redeliverAfter {
			delete(t.flight, path)
		}
	}
	t.check = max(flightCheck, 2*len(t.flight))
	return nil
}
