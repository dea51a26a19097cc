package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"edgeclr/camera/wait"
)

const (
	pollInterval = 250 * time.Millisecond // between two reads of a source's state
	lastFault    = 45 * time.Second       // before the end of the run; a later fault leaves no time to recover
	shortLife    = 3 * time.Second        // least time before a fault that follows soon, which makes pauses grow
	shortSpread  = 3 * time.Second        // added to shortLife at random, at most
	longLife     = 13 * time.Second       // least time before any other fault, so that the pause begins at 1 s again
	giveUp       = 3 * time.Minute        // of waiting for a source
)

// breaker breaks one source at random moments and measures how long it takes to come
// back.
type breaker struct {
	source string // the beginning of its URI
	mix    []kind // of faults: one of each entry before the mix repeats, in random order
	fail   func(kind) error
	client *client
	times  int // the most faults
	begin  time.Time
	end    time.Time
	random *rand.Rand

	backoff backoff
	faults  []fault
}

// run breaks the source until the time is up or ctx ends. It returns an error for what
// makes the run useless, not for a source that does not come back.
func (b *breaker) run(ctx context.Context) error {
	live, err := b.await(ctx, -1)
	var next []kind
	for n := 0; err == nil && !live.IsZero() && n < b.times; n++ {
		if !wait.For(ctx, b.untilNext(b.times-n)) || time.Until(b.end) < lastFault {
			return nil
		}
		if len(next) == 0 {
			for _, i := range b.random.Perm(len(b.mix)) {
				next = append(next, b.mix[i])
			}
		}
		live, err = b.breakIt(ctx, next[0], live)
		next = next[1:]
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// untilNext returns the time to the next fault when so many are left. One in four comes
// soon.
func (b *breaker) untilNext(left int) time.Duration {
	if b.random.IntN(4) == 0 {
		return shortLife + time.Duration(b.random.Int64N(int64(shortSpread)))
	}
	even := max(0, time.Until(b.end)-lastFault) / time.Duration(left)
	return max(longLife, time.Duration((0.5+b.random.Float64())*float64(even)))
}

// breakIt breaks the source once. It returns the time at which the source was live again,
// zero if it was not.
func (b *breaker) breakIt(ctx context.Context, k kind, live time.Time) (time.Time, error) {
	m, err := b.client.metrics(ctx)
	if err != nil {
		return time.Time{}, err
	}
	before := int(m.of("edgeclr_source_reconnects_total", b.source))
	now := time.Now()
	f := fault{Source: b.source, Kind: k.name, At: now.Sub(b.begin), Lived: now.Sub(live)}
	f.expect(k, &b.backoff)
	if err := b.fail(k); err != nil {
		return time.Time{}, fmt.Errorf("breaking %s (%s): %w", b.source, k.name, err)
	}
	back, err := b.await(ctx, before)
	if err != nil {
		return back, err
	}
	if !back.IsZero() {
		f.Back = back.Sub(now)
		if m, err := b.client.metrics(ctx); err == nil {
			f.Again = int(m.of("edgeclr_source_reconnects_total", b.source)) - before
		}
	}
	b.faults = append(b.faults, f)
	return back, nil
}

// await waits until the source is live and was opened more often than before. It returns
// the zero time after some minutes or when ctx ends.
func (b *breaker) await(ctx context.Context, before int) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, giveUp)
	defer cancel()
	for {
		m, err := b.client.metrics(ctx)
		switch {
		case ctx.Err() != nil:
			return time.Time{}, nil
		case err != nil:
			return time.Time{}, err
		case m.state(b.source) == "live" && int(m.of("edgeclr_source_reconnects_total", b.source)) > before:
			return time.Now(), nil
		}
		if !wait.For(ctx, pollInterval) {
			return time.Time{}, nil
		}
	}
}
