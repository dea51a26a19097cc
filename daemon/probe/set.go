package probe

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
)

// SetOptions are fixed for the life of a Set. Zero values take the defaults.
type SetOptions struct {
	Seed     uint64
	Capacity int // at most so many frames are held; 4 or more, default 512
	Every    int // at most one of so many frames is held; 2 or more, default 5
}

func (o SetOptions) withDefaults() (SetOptions, error) {
	if o.Capacity == 0 {
		o.Capacity = 512
	}
	if o.Every == 0 {
		o.Every = 5
	}
	if o.Capacity < 4 || o.Every < 2 {
		return o, fmt.Errorf("%w: capacity is %d, must be 4 or more; every is %d, must be 2 or more", ErrOptions, o.Capacity, o.Every)
	}
	return o, nil
}

// Set holds frames back from training, spread evenly over all frames that arrived. It
// divides the arrivals into strata of equal length and holds one random frame of each
// stratum. When the set is full, the strata become twice as long, and one of every two
// frames is released. When Remove has left less than a third of the capacity, new
// strata become half as long. So once it was full, the set holds between half of its
// capacity and all of it while no frame is deleted. When old frames are deleted, it
// holds a third or more in the long run.
//
// The set decides about a frame when it arrives and never later. A frame that was
// not held may have been trained on, so it never enters. A released frame may be
// trained on from then on. The caller must offer each frame before it can be trained
// on, save the state together with the frame, and keep the frames of the set out of
// training.
//
// The frames that are held depend on the seed, the options and the order of the
// calls. A Set is safe for concurrent use.
type Set struct {
	options SetOptions

	mu       sync.RWMutex
	arrivals uint64 // so far
	last     uint64 // id of the last arrival
	stride   uint64 // length of a stratum: Every times a power of two
	held     []held // ordered by arrival and by id; at most one of each stratum
}

// held is a frame of the set.
type held struct{ arrival, id uint64 }

// NewSet returns an empty set, or ErrOptions.
func NewSet(o SetOptions) (*Set, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Set{options: o, stride: uint64(o.Every)}, nil
}

// Offer tells the set of a new frame, and returns whether the set holds it. It is
// called once for every frame, in the order of their ids. For an id that is not above
// the last one, Offer changes nothing and answers as Contains does.
func (s *Set) Offer(id uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.arrivals > 0 && id <= s.last {
		_, found := s.find(id)
		return found
	}
	arrival := s.arrivals
	s.arrivals, s.last = arrival+1, id
	s.adapt(arrival)
	stratum := arrival / s.stride
	if n := len(s.held); n > 0 && s.held[n-1].arrival/s.stride == stratum {
		return false
	}
	pick := generator(s.options.Seed, usePick, s.stride, stratum).Uint64N(s.stride)
	if arrival%s.stride != pick {
		return false
	}
	s.held = append(s.held, held{arrival, id})
	return true
}

// adapt changes the length of the strata. It does so only where a pair of them
// begins, so that none is cut short.
func (s *Set) adapt(arrival uint64) {
	if arrival%(2*s.stride) != 0 {
		return
	}
	for len(s.held)+2 > s.options.Capacity { // two may come before the next pair
		s.thin()
	}
	if s.stride > uint64(s.options.Every) && len(s.held) < s.options.Capacity/3 {
		s.stride /= 2
	}
}

// thin doubles the length of the strata, and releases one frame of every two.
func (s *Set) thin() {
	s.stride *= 2
	kept := s.held[:0]
	for first := 0; first < len(s.held); {
		stratum := s.held[first].arrival / s.stride
		next := first + 1
		for next < len(s.held) && s.held[next].arrival/s.stride == stratum {
			next++
		}
		choice := generator(s.options.Seed, useThin, s.stride, stratum).IntN(next - first)
		kept = append(kept, s.held[first+choice])
		first = next
	}
	s.held = kept
}

// Contains tells whether a frame is held now.
func (s *Set) Contains(id uint64) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, found := s.find(id)
	return found
}

func (s *Set) find(id uint64) (int, bool) {
	return slices.BinarySearchFunc(s.held, id, func(h held, id uint64) int { return cmp.Compare(h.id, id) })
}

// Len is the number of frames that are held.
func (s *Set) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.held)
}

// IDs returns the frames that are held, oldest first.
func (s *Set) IDs() []uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	ids := make([]uint64, len(s.held))
	for i, h := range s.held {
		ids[i] = h.id
	}
	return ids
}

// Remove forgets frames that were deleted from the store. It ignores those that
// are not held.
func (s *Set) Remove(ids ...uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if i, found := s.find(id); found {
			s.held = slices.Delete(s.held, i, i+1)
		}
	}
}

// use is the purpose of a generator. Two purposes never share random numbers.
type use uint64

const (
	useView use = iota
	usePick
	useThin
)

// generator returns a random generator that depends on all arguments. They are the key
// of a cipher, so arguments that differ by one give unrelated generators.
func generator(seed uint64, u use, a, b uint64) *rand.Rand {
	var key [32]byte
	for i, word := range [...]uint64{seed, uint64(u), a, b} {
		binary.LittleEndian.PutUint64(key[8*i:], word)
	}
	return rand.New(rand.NewChaCha8(key))
}
