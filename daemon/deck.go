package daemon

import "math/rand/v2"

// deck deals the pictures of a folder like cards: every one once before any
// comes again, in an order drawn anew for each pass, and never two of the same
// in one batch. What it deals depends on the seed and the sizes alone. It
// belongs to one goroutine.
type deck struct {
	rng   *rand.Rand
	cards int
	left  []int // of the present pass
}

func newDeck(seed uint64, cards int) *deck {
	return &deck{rng: rand.New(rand.NewPCG(seed, 0)), cards: cards}
}

// deal gives the next n different pictures; n is at most the size of the deck.
// A batch that reaches into the next pass passes over what it holds already,
// which then comes first in the batch after it.
func (d *deck) deal(n int) []uint64 {
	batch := make([]uint64, 0, n)
	held := make(map[int]bool, n)
	for len(batch) < n {
		if len(d.left) == 0 {
			d.left = d.rng.Perm(d.cards)
		}
		at := 0
		for held[d.left[at]] {
			at++
		}
		card := d.left[at]
		copy(d.left[1:at+1], d.left[:at]) // those passed over stay in front
		d.left = d.left[1:]
		held[card] = true
		batch = append(batch, uint64(card))
	}
	return batch
}
