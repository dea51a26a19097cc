package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/bits"
)

// stateVersion counts changes of the format below and of the choice of frames.
const stateVersion = 1

// state is a Set in JSON.
type state struct {
	Version  int         `json:"version"`
	Seed     uint64      `json:"seed"`
	Capacity int         `json:"capacity"`
	Every    int         `json:"every"`
	Arrivals uint64      `json:"arrivals"`
	Last     uint64      `json:"last"`
	Stride   uint64      `json:"stride"`
	Held     [][2]uint64 `json:"held"` // arrival and id
}

// MarshalJSON saves the state, from which [RestoreSet] goes on.
func (s *Set) MarshalJSON() ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := state{
		Version: stateVersion,
		Seed:    s.options.Seed, Capacity: s.options.Capacity, Every: s.options.Every,
		Arrivals: s.arrivals, Last: s.last, Stride: s.stride,
		Held: make([][2]uint64, len(s.held)),
	}
	for i, h := range s.held {
		st.Held[i] = [2]uint64{h.arrival, h.id}
	}
	return json.Marshal(st)
}

// RestoreSet returns the set whose state was saved. It answers every further call as
// the saved set would have. Seed and options come from the state. RestoreSet returns
// ErrState for data that is not the state of a Set. The caller must then make a new
// set and must not offer older frames to it.
func RestoreSet(data []byte) (*Set, error) {
	var st state
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&st); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows it", ErrState)
	}
	if err := st.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	s := &Set{
		options:  SetOptions{Seed: st.Seed, Capacity: st.Capacity, Every: st.Every},
		arrivals: st.Arrivals, last: st.Last, stride: st.Stride,
	}
	for _, h := range st.Held {
		s.held = append(s.held, held{h[0], h[1]})
	}
	return s, nil
}

// check returns an error for values that no Set can have.
func (st state) check() error {
	if st.Version != stateVersion {
		return fmt.Errorf("version %d, and this program knows %d", st.Version, stateVersion)
	}
	o := SetOptions{Capacity: st.Capacity, Every: st.Every}
	if full, err := o.withDefaults(); err != nil || full != o {
		return fmt.Errorf("capacity %d, every %d", st.Capacity, st.Every)
	}
	// No camera reaches 2^62 arrivals, and no sum below overflows.
	every := uint64(st.Every)
	if st.Stride > math.MaxInt64/2 || st.Stride%every != 0 || bits.OnesCount64(st.Stride/every) != 1 {
		return fmt.Errorf("stride %d is not %d times a power of two", st.Stride, st.Every)
	}
	if st.Arrivals > math.MaxInt64/2 || st.Arrivals == 0 && st.Last != 0 || st.Arrivals > 0 && st.Last < st.Arrivals-1 {
		return fmt.Errorf("%d arrivals, and the last is %d", st.Arrivals, st.Last)
	}
	if len(st.Held) > st.Capacity {
		return fmt.Errorf("%d frames are held, and at most %d can be", len(st.Held), st.Capacity)
	}
	for i, h := range st.Held {
		if h[0] >= st.Arrivals || h[1] > st.Last {
			return fmt.Errorf("frame %d, arrival %d, has not arrived", h[1], h[0])
		}
		if i > 0 && (h[0]/st.Stride <= st.Held[i-1][0]/st.Stride || h[1] <= st.Held[i-1][1]) {
			return fmt.Errorf("frame %d, arrival %d, is out of order", h[1], h[0])
		}
	}
	return nil
}
