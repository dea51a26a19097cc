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
	lastFault    = 45 * time.Second       // no fault comes so close to the end of the run: the source needs time to recover
	shortLife    = 3 * time.Second        // least time before an early fault, which makes the daemon's pauses grow
	shortSpread  = 3 * time.Second        // largest random time added to shortLife
	longLife     = 13 * time.Second       // least time before any other fault, so that the daemon's pause begins at 1 s again
	giveUp       = 3 * time.Minute        // longest wait for a source
)

// breaker breaks one source at random moments and measures how long it takes to come
// back.
type breaker struct {
	source string      // the beginning of its URI
	mix    []faultKind // each entry once, in random order, then all again
	fail   func(faultKind) error
	client *client
	times  int // largest number of faults
	begin  time.Time
	end    time.Time
	random *rand.Rand

	backoff backoff
	faults  []fault
}

// run breaks the source until the time is up, ctx ends, or the source does not come back.
// It returns an error only for a problem that makes the whole run useless. A source that
// does not come back is not such a problem: the report shows it.
func (b *breaker) run(ctx context.Context) error {
	live, err := b.await(ctx, -1)
	var next []faultKind
	for n := 0; err == nil && !live.IsZero() && n < b.times; n++ {
		if !wait.For(ctx, b.untilNext(b.times-n)) || time.Until(b.end) < lastFault {
			return nil
		}
		if len(next) == 0 {
			for _, i := range b.random.Perm(len(b.mix)) {
				next = append(next, b.mix[i])
			}
		}
		live, err = b.breakOnce(ctx, next[0], live)
		next = next[1:]
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// untilNext returns the time to the next fault. left is the number of faults that are
// left. One fault in four comes early.
func (b *breaker) untilNext(left int) time.Duration {
	if b.random.IntN(4) == 0 {
		return shortLife + time.Duration(b.random.Int64N(int64(shortSpread)))
	}
	even := max(0, time.Until(b.end)-lastFault) / time.Duration(left)
	return max(longLife, time.Duration((0.5+b.random.Float64())*float64(even)))
}

// breakOnce breaks the source once. It returns the time at which the source was live
// again, or the zero time if it was not.
func (b *breaker) breakOnce(ctx context.Context, k faultKind, live time.Time) (time.Time, error) {
	m, err := b.client.metrics(ctx)
	if err != nil {
		return time.Time{}, err
	}
	before := int(m.ofSource("edgeclr_source_reconnects_total", b.source))
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
			f.Again = int(m.ofSource("edgeclr_source_reconnects_total", b.source)) - before
		}
	}
	b.faults = append(b.faults, f)
	return back, nil
}

// await waits until the source is live and its count of reconnects is above before. It
// returns that moment, or the zero time after giveUp or when ctx ends.
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
		case m.state(b.source) == "live" && int(m.ofSource("edgeclr_source_reconnects_total", b.source)) > before:
			return time.Now(), nil
		}
		if !wait.For(ctx, pollInterval) {
			return time.Time{}, nil
		}
	}
}
