package augment

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"

	"edgeclr/camera/rgb"
)

// worker is one goroutine of a Loader, with its own scratch memory.
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

// do makes the views of one position. The worker that finishes the last position of a
// batch completes the batch.
func (w *worker) do(j job) {
	b, i := j.batch, j.position
	b.firsts[i], b.seconds[i] = w.fill(b, i, b.Picks[i])
	if w.loader.ctx.Err() != nil {
		return // the error may come from closing, and nobody waits for the batch
	}
	if b.waiting.Add(-1) == 0 {
		w.replaceFailed(b)
		close(b.done)
	}
}

// errNoPixels is the error for an empty picture, on which the resize would panic.
var errNoPixels = errors.New("the picture has no pixels")

// load returns a picture that has pixels.
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

// fill makes both views of position i from a pick. It returns the errors of the
// pictures that did not load. If the first picture did not load, there are no views.
// If the second did not load, the first takes its place.
func (w *worker) fill(b *Batch, i int, pick Pick) (first, second error) {
	one, err := w.load(pick.First)
	if err != nil {
		return err, nil
	}
	two := one
	if pick.Second != pick.First {
		if two, second = w.load(pick.Second); second != nil {
			pick.Second, two = pick.First, one
		}
	}
	b.Picks[i] = pick
	w.render(b, i, viewOne, pick.First, one)
	w.render(b, i, viewTwo, pick.Second, two)
	return nil, second
}

// render writes one view of position i, of the picture m.
func (w *worker) render(b *Batch, i int, which stream, id uint64, m *rgb.Image) {
	o := &w.loader.options
	w.pcg.Seed(seeds(o.Seed, b.Step, i, which))
	p := o.Config.Draw(w.rng, m.Width, m.Height)
	if o.Change != nil && o.Config.Focus > 0 {
		o.Config.focus(w.rng, &p, m.Width, m.Height, o.Change(id, m))
	}
	w.augmenter.Apply(b.view(i, int(which)), b.Size, m, p)
}

// replaceFailed fills the positions whose first picture did not load with other pairs
// of the batch. It runs after all positions were tried, so that the choice does not
// depend on the timing of the workers.
func (w *worker) replaceFailed(b *Batch) {
	var loaded []int
	for i := range b.N {
		err := cmp.Or(b.firsts[i], b.seconds[i])
		if err != nil {
			b.Failed++
			b.FirstError = cmp.Or(b.FirstError, err)
		}
		if b.firsts[i] == nil {
			loaded = append(loaded, i)
		}
	}
	for i, err := range b.firsts {
		if err != nil && !w.replace(b, i, loaded) {
			b.err = fmt.Errorf("%w: step %d, %d of %d failed: %w", ErrNoImages, b.Step, b.Failed, b.N, b.FirstError)
			return
		}
	}
}

// replace fills position i with the pair of a random position of loaded, or of the
// next one that still loads. It returns false if none loads.
func (w *worker) replace(b *Batch, i int, loaded []int) bool {
	if len(loaded) == 0 {
		return false
	}
	w.pcg.Seed(seeds(w.loader.options.Seed, b.Step, i, substitute))
	first := w.rng.IntN(len(loaded))
	for k := range loaded {
		pick := b.Picks[loaded[(first+k)%len(loaded)]]
		if err, _ := w.fill(b, i, pick); err == nil {
			return true
		}
	}
	return false
}
