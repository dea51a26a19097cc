package stream

import (
	"encoding/binary"
	"math/rand/v2"
)

// use names what a generator is for, so that no two uses share one.
type use uint64

const (
	useClasses  use = iota // the order of the classes
	usePictures            // the order within a class, and who is held out
	useChange              // the small changes of a frame
	useShuffle             // the order of a shuffled stream
)

// generator depends on all of its words, and neighbouring words give unrelated
// ones: they are the key of a cipher.
func generator(seed uint64, u use, n int) *rand.Rand {
	var key [32]byte
	for i, word := range [...]uint64{seed, uint64(u), uint64(n)} {
		binary.LittleEndian.PutUint64(key[8*i:], word)
	}
	return rand.New(rand.NewChaCha8(key))
}
