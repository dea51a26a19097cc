package augment

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"edgeclr/camera/rgb"
)

// worker is one goroutine of a Loader with its own scratch memory.
type worker struct {
	loader    *Loader
	augmenter *Augmenter
	pcg       rand.PCG
	rng       *rand.Rand // over pcg
}

func newWorker(l *Loader, tables *hueTables) *worker {
	w := &worker{loader: l, augmenter: newAugmenter(tables)}
	w.rng = rand.New(&w.pcg)
	return w
}

func (w *worker) run() {
	for {
		select {
		case j := <-w.loader.jobs:
			w.do(j)
		case <-w.loader.ctx.Done():
			return
		}
	}
}

// do makes the views of one position. Whoever finishes the last position of a
// batch completes the batch.
func (w *worker) do(j job) {
	b, i := j.batch, j.position
	m, err := w.load(b.IDs[i])
	if w.loader.ctx.Err() != nil {
		return // closing: the error may come from that, and nobody waits for the batch
	}
	if err != nil {
		b.failures[i] = err
	} else {
		w.render(b, i, m)
	}
	if b.waiting.Add(-1) == 0 {
		w.replaceFailed(b)
		close(b.done)
	}
}

// errNoPixels keeps an empty picture from reaching the resize, which would panic.
var errNoPixels = errors.New("the picture has no pixels")

func (w *worker) load(id uint64) (*rgb.Image, error) {
	m, err := w.loader.options.Load(w.loader.ctx, id)
	if err != nil {
		return nil, fmt.Errorf("loading picture %d: %w", id, err)
	}
	if m == nil || m.Width == 0 || m.Height == 0 {
		return nil, fmt.Errorf("loading picture %d: %w", id, errNoPixels)
	}
	return m, nil
}

// render writes both views of position i.
func (w *worker) render(b *Batch, i int, m *rgb.Image) {
	o := &w.loader.options
	for which, use := range [...]stream{viewOne, viewTwo} {
		w.pcg.Seed(seeds(o.Seed, b.Step, i, use))
		p := o.Config.Draw(w.rng, m.Width, m.Height)
		w.augmenter.Apply(b.view(i, which), b.Size, m, p)
	}
}

// replaceFailed fills the positions whose picture did not load with others of
// the batch that did. It starts when all positions have been tried, so the
// choice does not depend on which worker came first.
func (w *worker) replaceFailed(b *Batch) {
	var loaded []int
	for i, err := range b.failures {
		if err == nil {
			loaded = append(loaded, i)
		} else if b.Failed++; b.FirstError == nil {
			b.FirstError = err
		}
	}
	if b.Failed == 0 {
		return
	}
	for i, err := range b.failures {
		if err != nil && !w.replace(b, i, loaded) {
			b.err = fmt.Errorf("%w: step %d, %d of %d failed: %w", ErrNoImages, b.Step, b.Failed, b.N, b.FirstError)
			return
		}
	}
}

// replace fills position i with the picture of a random position of loaded, or
// the next that still loads. It returns false when none does.
func (w *worker) replace(b *Batch, i int, loaded []int) bool {
	if len(loaded) == 0 {
		return false
	}
	w.pcg.Seed(seeds(w.loader.options.Seed, b.Step, i, substitute))
	first := w.rng.IntN(len(loaded))
	for k := range loaded {
		id := b.IDs[loaded[(first+k)%len(loaded)]]
		if m, err := w.load(id); err == nil {
			b.IDs[i] = id
			w.render(b, i, m)
			return true
		}
	}
	return false
}
