package learn

import (
	"cmp"
	"context"
	"slices"
	"time"

	"edgeclr/daemon/replay"
)

// sameMoment tells whether two frames are of one live source and were taken within that
// time. Nothing is within 0.
func sameMoment(a, b replay.Entry, within time.Duration) bool {
	return within != 0 && a.Live && b.Live && a.Source == b.Source && a.Time.Sub(b.Time).Abs() <= within
}

// momentsApart is how many times replay.moment two frames of a live source must be apart
// to be neighbours.
//
// The frames just before and after are nearest to nearly every frame of a fixed camera.
// They show the same visit of the same things, so they teach no more than another
// view of the frame itself. On the two videos of fixed cameras at 5 frames a second, frozen
// encoder at 224 px, 80 and 62 % of the five nearest are within a second. Beyond 2 s the
// median cosine falls to that of any other time, but 28 and 14 % of the five nearest still
// lie in the first second that is allowed: somebody walks slowly, a car waits. Beyond 5 s
// it is 26 and 1 %. A longer time finds no others and leaves too few when a camera has
// run for a minute.
//
// With replay.moment 0 time says nothing: a triggered camera takes another thing each
// time.
const momentsApart = 5

// moments are those of the frames that may be learned from, that many times as long as
// replay.moment.
func (c *Corpus) moments(times int) moments {
	m := moments{within: time.Duration(times) * c.moment, entries: map[uint64]replay.Entry{}}
	for _, e := range c.buffer.Entries() {
		m.entries[e.ID] = e
	}
	return m
}

// moments tell which pictures are of one moment.
type moments struct {
	within  time.Duration // 0: none are
	entries map[uint64]replay.Entry
}

// same tells whether two pictures are of one moment.
func (m moments) same(one, other uint64) bool {
	return m.within != 0 && sameMoment(m.entries[one], m.entries[other], m.within)
}

// pairs calls fn for each two pictures of one moment, by their places in ids.
func (m moments) pairs(ctx context.Context, ids []uint64, fn func(i, j int)) error {
	if m.within == 0 {
		return nil
	}
	var order []int // of the pictures of live sources, by source and time
	for i, id := range ids {
		if m.entries[id].Live {
			order = append(order, i)
		}
	}
	entry := func(i int) replay.Entry { return m.entries[ids[i]] }
	slices.SortFunc(order, func(i, j int) int {
		a, b := entry(i), entry(j)
		return cmp.Or(cmp.Compare(a.Source, b.Source), a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
	})
	first := 0 // of the pictures that may be of the moment of the current one
	for at, i := range order {
		if err := ctx.Err(); err != nil {
			return err
		}
		for first < at && !sameMoment(entry(order[first]), entry(i), m.within) {
			first++
		}
		for _, j := range order[first:at] {
			fn(i, j)
		}
	}
	return nil
}
