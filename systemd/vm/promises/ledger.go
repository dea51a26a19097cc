package promises

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
)

// ledger holds what the service has acknowledged and must therefore keep.
type ledger struct {
	mu          sync.Mutex
	over        bool              // the power is about to be cut: requests may fail
	frames      map[uint64]frame  // frames as the API returned them, without labels
	images      map[uint64]digest // digests of the pictures of some frames
	labels      map[uint64]string // acknowledged labels
	asked       map[uint64]string // labels that were sent last, and may be stored or not
	checkpoints map[string]digest // digests of the weights
}

type digest [sha256.Size]byte

func newLedger() *ledger {
	return &ledger{frames: map[uint64]frame{}, images: map[uint64]digest{}, labels: map[uint64]string{}, asked: map[uint64]string{}, checkpoints: map[string]digest{}}
}

// size returns the numbers of entries.
func (l *ledger) size() (frames, labels, checkpoints int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.frames), len(l.labels), len(l.checkpoints)
}

// imageEvery says which pictures are fetched: that of one frame in so many.
const imageEvery = 8

// watchFrames notes new frames, beginning with the number next, until the context ends.
func (l *ledger) watchFrames(ctx context.Context, a *api, next uint64) error {
	for {
		f, err := a.frame(ctx, next)
		switch {
		case errors.Is(err, errNotFound):
			if !sleep(ctx) {
				return nil
			}
			continue
		case err != nil:
			return l.unlessOver(err)
		}
		var picture []byte
		if next%imageEvery == 0 {
			if picture, err = a.image(ctx, next); err != nil {
				return l.unlessOver(err)
			}
		}
		f.Label = ""
		l.mu.Lock()
		l.frames[next] = f
		if picture != nil {
			l.images[next] = sha256.Sum256(picture)
		}
		l.mu.Unlock()
		next++
	}
}

// setLabels labels frames that are in the ledger, again and again, until the context
// ends.
func (l *ledger) setLabels(ctx context.Context, a *api, round int) error {
	for n := 0; ; n++ {
		l.mu.Lock()
		var id uint64
		for id = range l.frames { // any
			break
		}
		name := fmt.Sprintf("label %d of round %d", n, round)
		if id > 0 {
			l.asked[id] = name
		}
		l.mu.Unlock()
		if id == 0 {
			if !sleep(ctx) {
				return nil
			}
			continue
		}
		if err := a.label(ctx, id, name); err != nil {
			return l.unlessOver(err)
		}
		l.mu.Lock()
		l.labels[id] = name
		l.mu.Unlock()
	}
}

// watchCheckpoints notes new checkpoints until the context ends.
func (l *ledger) watchCheckpoints(ctx context.Context, a *api) error {
	for {
		all, err := a.checkpoints(ctx)
		if err != nil {
			return l.unlessOver(err)
		}
		for id := range all {
			l.mu.Lock()
			_, known := l.checkpoints[id]
			l.mu.Unlock()
			if known {
				continue
			}
			weights, err := a.weights(ctx, id)
			if err != nil {
				return l.unlessOver(err)
			}
			l.mu.Lock()
			l.checkpoints[id] = sha256.Sum256(weights)
			l.mu.Unlock()
		}
		if !sleep(ctx) {
			return nil
		}
	}
}

// setOver says whether requests may fail from now on.
func (l *ledger) setOver(over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = over
}

// unlessOver drops the errors of requests that the power cut interrupted.
func (l *ledger) unlessOver(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return nil
	}
	return err
}

// verify compares everything with what the service holds now.
func (l *ledger) verify(ctx context.Context, a *api) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, want := range l.frames {
		got, err := a.frame(ctx, id)
		if err != nil {
			return fmt.Errorf("an acknowledged frame: %w", err)
		}
		if label := got.Label; label != l.labels[id] && label != l.asked[id] {
			return fmt.Errorf("frame %d: its label %q was acknowledged, %q is there", id, l.labels[id], label)
		}
		l.labels[id] = got.Label // now known
		l.asked[id] = got.Label
		if got.Label = ""; got != want {
			return fmt.Errorf("frame %d: %+v was acknowledged, %+v is there", id, want, got)
		}
	}
	for id, want := range l.images {
		picture, err := a.image(ctx, id)
		if err != nil {
			return fmt.Errorf("the picture of an acknowledged frame: %w", err)
		}
		if sha256.Sum256(picture) != want {
			return fmt.Errorf("frame %d: its picture is another one", id)
		}
	}
	for id, want := range l.checkpoints {
		weights, err := a.weights(ctx, id)
		if err != nil {
			return fmt.Errorf("an acknowledged checkpoint: %w", err)
		}
		if sha256.Sum256(weights) != want {
			return fmt.Errorf("checkpoint %s: its weights are others", id)
		}
	}
	return nil
}
