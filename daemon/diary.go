package daemon

import (
	"strconv"
	"time"
)

const (
	diaryBurst = 30               // changes that are written at once
	diaryEvery = 10 * time.Minute // one more after each such time
)

// diary writes down the changes of one source. A camera that comes and goes
// all the time would push everything else out of the events, and wear the
// disk: beyond a burst its changes are counted instead. It is for one goroutine.
type diary struct {
	uri   string
	write func(text string)

	left    float64   // changes that may be written now
	at      time.Time // when that was counted, by the monotonic clock
	omitted int       // changes since the last one that was written
}

func newDiary(write func(text string)) *diary {
	return &diary{write: write, left: diaryBurst, at: time.Now()}
}

// changed notes a new state.
func (d *diary) changed(state string, err error) {
	now := time.Now()
	d.left = min(diaryBurst, d.left+now.Sub(d.at).Seconds()/diaryEvery.Seconds())
	d.at = now
	if d.left < 1 {
		d.omitted++
		return
	}
	d.left--
	d.write(describe(d.uri, state, err) + d.note())
	d.omitted = 0
}

// note tells what is missing before and behind an event.
func (d *diary) note() (text string) {
	if d.omitted > 0 {
		text = " (changes since the last event that were not written: " + strconv.Itoa(d.omitted) + ")"
	}
	if d.left < 1 {
		text += "; it changes often, and until it rests only one change in " + diaryEvery.String() + " is written: `edgeclr status` has the present state"
	}
	return text
}
