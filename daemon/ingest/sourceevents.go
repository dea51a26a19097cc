package ingest

import (
	"fmt"
	"strconv"
	"time"

	"edgeclr/storage"
)

const (
	changeBurst = 30               // changes that may be published in a row
	changeEvery = 10 * time.Minute // each such time allows one more, up to changeBurst
)

// sourceEventLog publishes the changes of one source's state. It limits their rate: a
// camera that comes and goes all the time would push all other events out of the store
// and wear the disk. Changes above the rate are only counted. It is for one goroutine.
type sourceEventLog struct {
	uri     string
	publish func(storage.Event)

	left    float64   // changes that may be published now
	at      time.Time // when left was computed
	omitted int       // changes since the last one that was published
}

func newSourceEventLog(publish func(storage.Event)) *sourceEventLog {
	return &sourceEventLog{publish: publish, left: changeBurst, at: time.Now()}
}

// changed publishes a new state, or counts it.
func (l *sourceEventLog) changed(state string, err error) {
	now := time.Now()
	l.left = min(changeBurst, l.left+now.Sub(l.at).Seconds()/changeEvery.Seconds())
	l.at = now
	if l.left < 1 {
		l.omitted++
		return
	}
	l.left--
	text, data := fmt.Sprintf("source %s is %s", l.uri, state), map[string]any{"state": state, "omitted": l.omitted}
	if err != nil {
		text += ": " + err.Error()
		data["error"] = err.Error()
	}
	l.publish(storage.Event{Kind: storage.EventSource, Source: l.uri, Text: text + l.note(), Data: data})
	l.omitted = 0
}

// note tells how many changes are missing before an event, and that some may be
// missing after it.
func (l *sourceEventLog) note() (text string) {
	if l.omitted > 0 {
		text = " (changes since the last event that were not written: " + strconv.Itoa(l.omitted) + ")"
	}
	if l.left < 1 {
		text += "; it changes often, so only one change in " + changeEvery.String() + " is written until it rests; `edgeclr status` shows the current state"
	}
	return text
}
