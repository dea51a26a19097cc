package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"edgeclr/camera/wait"
)

const (
	look       = 250 * time.Millisecond // between two looks at a source's state
	lastFault  = 45 * time.Second       // before the end of the run; what breaks later is not seen back
	shortLife  = 3 * time.Second        // before a fault that follows soon, which makes pauses grow
	spread     = 3 * time.Second
	provenLife = 13 * time.Second // before any other fault, so that it is clear which pause follows
	giveUp     = 3 * time.Minute  // waiting for a source
)

// breaker breaks one source at random moments and watches it come back.
type breaker struct {
	source string // the beginning of its URI
	deck   []kind // kinds, as often as they come up
	strike func(kind) error
	client *client
	times  int // at most
	begin  time.Time
	end    time.Time
	random *rand.Rand

	backoff backoff
	faults  []fault
}

// run breaks the source until the time is up, or ctx ends. It gives an error
// for what makes the run worthless, not for a source that stays away.
func (b *breaker) run(ctx context.Context) error {
	live, err := b.await(ctx, -1)
	var hand []kind
	for n := 0; err == nil && !live.IsZero() && n < b.times; n++ {
		if !wait.For(ctx, b.gap(b.times-n)) || time.Until(b.end) < lastFault {
			return nil
		}
		if len(hand) == 0 {
			for _, i := range b.random.Perm(len(b.deck)) {
				hand = append(hand, b.deck[i])
			}
		}
		live, err = b.breakIt(ctx, hand[0], live)
		hand = hand[1:]
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// gap is the time to the next of so many faults. One in four comes soon.
func (b *breaker) gap(left int) time.Duration {
	if b.random.IntN(4) == 0 {
		return shortLife + time.Duration(b.random.Int64N(int64(spread)))
	}
	even := max(0, time.Until(b.end)-lastFault) / time.Duration(left)
	return max(provenLife, time.Duration((0.5+b.random.Float64())*float64(even)))
}

// breakIt does so once, and gives the time at which the source was live again;
// zero when it was not.
func (b *breaker) breakIt(ctx context.Context, k kind, live time.Time) (time.Time, error) {
	m, err := b.client.metrics(ctx)
	if err != nil {
		return time.Time{}, err
	}
	before := int(m.of("edgeclr_source_reconnects_total", b.source))
	now := time.Now()
	f := fault{Source: b.source, Kind: k.name, At: now.Sub(b.begin), Lived: now.Sub(live)}
	f.expect(k, &b.backoff)
	if err := b.strike(k); err != nil {
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

// await waits until the source is live and was opened more often than before.
// It gives up, with the zero time, after some minutes or when ctx ends.
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
		if !wait.For(ctx, look) {
			return time.Time{}, nil
		}
	}
}
