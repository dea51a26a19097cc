package ingest

import (
	"fmt"
	"strconv"
	"time"

	"edgeclr/storage"
)

const (
	sourceBurst = 30               // changes that are written at once
	sourceEvery = 10 * time.Minute // one more after each such time
)

// sourceEventLog publishes the changes of one source's state. A camera that comes
// and goes all the time would push all other events out of the store and wear the
// disk. Changes beyond a burst are counted instead. It belongs to one goroutine.
type sourceEventLog struct {
	uri     string
	publish func(storage.Event)

	left    float64   // changes that may be written now
	at      time.Time // when that was counted, by the monotonic clock
	omitted int       // changes since the last one that was written
}

func newSourceEventLog(publish func(storage.Event)) *sourceEventLog {
	return &sourceEventLog{publish: publish, left: sourceBurst, at: time.Now()}
}

// changed notes a new state.
func (d *sourceEventLog) changed(state string, err error) {
	now := time.Now()
	d.left = min(sourceBurst, d.left+now.Sub(d.at).Seconds()/sourceEvery.Seconds())
	d.at = now
	if d.left < 1 {
		d.omitted++
		return
	}
	d.left--
	data := map[string]any{"state": state, "omitted": d.omitted}
	if err != nil {
		data["error"] = err.Error()
	}
	d.publish(storage.Event{Kind: storage.EventSource, Source: d.uri, Text: describe(d.uri, state, err) + d.note(), Data: data})
	d.omitted = 0
}

// describe is a state as an event has it.
func describe(uri, state string, err error) string {
	if err == nil {
		return fmt.Sprintf("source %s is %s", uri, state)
	}
	return fmt.Sprintf("source %s is %s: %v", uri, state, err)
}

// note tells what is missing before and behind an event.
func (d *sourceEventLog) note() (text string) {
	if d.omitted > 0 {
		text = " (changes since the last event that were not written: " + strconv.Itoa(d.omitted) + ")"
	}
	if d.left < 1 {
		text += "; it changes often, and until it rests only one change in " + sourceEvery.String() + " is written: `edgeclr status` has the present state"
	}
	return text
}
