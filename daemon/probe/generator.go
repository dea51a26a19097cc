package probe

import (
	"encoding/binary"
	"math/rand/v2"
)

// use names what a generator is for, so that no two uses share one.
type use uint64

const (
	useView use = iota
	usePick
	useThin
)

// generator depends on all of its words, and neighbouring words give unrelated
// ones: they are the key of a cipher.
func generator(seed uint64, u use, a, b uint64) *rand.Rand {
	var key [32]byte
	for i, word := range [...]uint64{seed, uint64(u), a, b} {
		binary.LittleEndian.PutUint64(key[8*i:], word)
	}
	return rand.New(rand.NewChaCha8(key))
}
