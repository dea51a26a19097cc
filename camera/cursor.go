package camera

import (
	"fmt"
	"time"
)

// Cursor remembers which files are done. The store supplies it, so that what
// is stored and what is remembered are written together.
type Cursor interface {
	// Seen reports whether this path of this source was stored, or recorded as
	// failed, with the same size and modification time.
	Seen(source, path string, size int64, modTime time.Time) (bool, error)
}

// redeliverAfter is how long an emitted file may stay unknown to the cursor
// before it counts as lost on the way and is delivered again.
const redeliverAfter = 10 * time.Minute

// flightCheck is how many files may be in flight before the list is held
// against the cursor.
const flightCheck = 1024

// tracker joins the cursor with the files that were emitted and are not yet
// stored, so that a rescan in between does not deliver them twice. Without a
// cursor it is the cursor, in memory. It belongs to one goroutine.
type tracker struct {
	source string
	cursor Cursor // nil: remember everything here
	now    func() time.Time
	flight map[string]emitted
	check  int // size of flight at which landed entries are swept
}

// emitted is a file that was handed over.
type emitted struct {
	size    int64
	modTime time.Time
	at      time.Time
}

func newTracker(source string, cursor Cursor, now func() time.Time) *tracker {
	return &tracker{source: source, cursor: cursor, now: now, flight: map[string]emitted{}, check: flightCheck}
}

// done reports whether the file is stored, failed or on its way.
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

// emit notes that the file was handed over.
func (t *tracker) emit(path string, size int64, modTime time.Time) error {
	t.flight[path] = emitted{size: size, modTime: modTime, at: t.now()}
	if len(t.flight) < t.check || t.cursor == nil {
		return nil
	}
	return t.sweep()
}

// sweep forgets what the cursor knows by now, and what was lost on the way. A
// consumer that holds more than half of the list makes the next sweep wait
// longer, so that the cost per file stays constant.
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
